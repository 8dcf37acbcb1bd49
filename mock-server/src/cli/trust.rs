//! The certificate of a run, in a file for clients to trust.

use std::{
    io::{self, Write},
    path::Path,
};

use anstyle::Style;
use secureflows_mock::Authority;
use tempfile::NamedTempFile;

use super::failure::Failure;

/// An authority and its certificate's file, which is gone when this is dropped.
pub(super) struct Trust {
    pub(super) authority: Authority,
    file: NamedTempFile,
}

impl Trust {
    pub(super) fn establish() -> Result<Self, Failure> {
        let authority = Authority::generate().map_err(|error| Failure::Authority { error })?;
        let file = write(authority.certificate_pem());
        let doing = "write the certificate to a temporary file";
        let file = file.map_err(|source| Failure::System { doing, source })?;
        Ok(Self { authority, file })
    }

    pub(super) fn file(&self) -> &Path {
        self.file.path()
    }

    /// How clients come to trust it.
    pub(super) fn explain(&self, base_url: &str, out: &mut impl Write) -> io::Result<()> {
        let soft = Style::new().dimmed();
        let file = self.file().display();
        let rows = [
            ("curl", format!("curl --cacert {file} {base_url}/healthz")),
            ("Node", format!("NODE_EXTRA_CA_CERTS={file}")),
            ("OpenSSL, Go, Rust", format!("SSL_CERT_FILE={file}")),
            ("Python requests", format!("REQUESTS_CA_BUNDLE={file}")),
            (
                "Java",
                format!(
                    "keytool -importcert -noprompt -alias secureflows-mock -file {file} \\\n      \
                     -keystore mock.p12 -storepass changeit && \\\n      \
                     java -Djavax.net.ssl.trustStore=mock.p12 -Djavax.net.ssl.trustStorePassword=changeit …"
                ),
            ),
        ];
        writeln!(
            out,
            "{soft}trust its certificate authority, made for this run only{soft:#}\n  {file}"
        )?;
        for (client, how) in rows {
            writeln!(out, "  {soft}{client}{soft:#}\n      {how}")?;
        }
        Ok(())
    }
}

fn write(pem: &str) -> io::Result<NamedTempFile> {
    let mut file =
        tempfile::Builder::new().prefix("secureflows-mock-ca-").suffix(".pem").tempfile()?;
    file.write_all(pem.as_bytes())?;
    file.flush()?;
    Ok(file)
}

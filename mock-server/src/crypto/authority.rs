//! A certificate authority for one run, so that clients can be tried over HTTPS.

use std::{fmt, sync::Arc, time::Duration};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use time::OffsetDateTime;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs::default_provider, pki_types::PrivateKeyDer},
};

use crate::clock::Clock;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// What this machine calls itself.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// Apple's systems take no certificate that is good for longer than 825 days.
const LIFE: Duration = Duration::from_secs(365 * 24 * 3600);
const BEFORE: Duration = Duration::from_secs(24 * 3600);

/// A certificate authority of its own, with one certificate for `localhost`, `127.0.0.1` and `[::1]`. Its key
/// is thrown away as soon as it has signed that, and no key is ever written anywhere.
///
/// ```
/// use secureflows_mock::{Authority, World};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let authority = Authority::generate()?;
/// let world = World::builder().tls(&authority).start().await?;
/// assert!(world.origin().starts_with("https://127.0.0.1:"));
/// // What the client under test has to trust:
/// assert!(authority.certificate_pem().starts_with("-----BEGIN CERTIFICATE-----"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Authority {
    pem: String,
    acceptor: TlsAcceptor,
}

/// Keys or certificates could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a certificate: {0}")]
pub struct AuthorityError(AnyError);

impl Authority {
    /// Makes an authority, good from yesterday for a year by the system's time: clients ask no other.
    ///
    /// # Errors
    ///
    /// [`AuthorityError`] when the system gives no randomness.
    pub fn generate() -> Result<Self, AuthorityError> {
        make().map_err(AuthorityError)
    }

    /// The authority's certificate, for clients to trust. It says nothing secret.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.pem
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

fn make() -> Result<Authority, AnyError> {
    let mut root = parameters(&[], "secureFlows mock, one run only")?;
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let root = CertifiedIssuer::self_signed(root, KeyPair::generate()?)?;
    let mut leaf = parameters(&NAMES, "secureFlows mock")?;
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let chain = vec![leaf.signed_by(&key, &root)?.der().clone()];
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Authority { pem: root.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) })
}

fn parameters(names: &[&str], common_name: &str) -> Result<CertificateParams, AnyError> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut parameters = CertificateParams::new(names)?;
    parameters.distinguished_name.push(DnType::CommonName, common_name);
    let now = Clock::running(Duration::ZERO).now();
    parameters.not_before = OffsetDateTime::from_unix_timestamp((now - BEFORE).as_second())?;
    parameters.not_after = OffsetDateTime::from_unix_timestamp((now + LIFE).as_second())?;
    Ok(parameters)
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority(…)")
    }
}

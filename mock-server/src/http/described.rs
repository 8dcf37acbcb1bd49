//! How the OpenAPI document describes texts: patterns (ECMA-262) of what `domain` takes. Where it takes more,
//! such as a scheme in capitals, they name the form to write.

/// 1 to 200 visible characters.
pub(super) const NAME: &str =
    r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";

/// A name that is not one of the platform's own.
pub(super) const WORKSPACE_NAME: &str =
    r"^(?!\s*__)[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$";

/// A name that stands in addresses.
pub(super) const IDENTIFIER: &str = r"^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$";

/// A web address: a host, a port up to 65535, a path and a query; neither user nor backslash nor fragment.
macro_rules! web {
    () => {
        r"https?://(?:[A-Za-z0-9._-]+|\[::1\])(?::(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?(?:[/?][!-\x22$-\x5b\x5d-~]*)?"
    };
}

/// A web address.
pub(super) const WEB_ADDRESS: &str = concat!("^", web!(), "$");

/// A web address, or one of an application's own scheme.
pub(super) const REDIRECT_URI: &str = concat!(
    "^(?:",
    web!(),
    r"|(?!(?:https?|about|blob|data|file|filesystem|javascript|vbscript|view-source):)[a-z][a-z0-9+.-]*:[!-\x22$-~]*)$"
);

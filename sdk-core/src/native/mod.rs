//! The host that is there when an app gives none.

#[cfg(feature = "native")]
mod http;

use std::sync::Arc;

#[cfg(feature = "native")]
pub use http::NativeHost;

use crate::{error::Error, host::Host};

#[cfg(feature = "native")]
pub(crate) fn default_host() -> Result<Arc<dyn Host>, Error> {
    Ok(Arc::new(NativeHost::new()?))
}

#[cfg(not(feature = "native"))]
pub(crate) fn default_host() -> Result<Arc<dyn Host>, Error> {
    Err(Error::invalid("host", "is missing", "give one, or turn on the feature `native`"))
}

//! Where the legacy console entry may come back to with an identity token (contract §2).

use super::{Directory, Platform, Refusal};

impl<S: Directory> Platform<S> {
    /// Whether `uri` is exactly an allowlisted one of some application, or the root of such a web origin, as
    /// browsers write it and with its final `/`.
    pub(crate) async fn leads_to_console(&self, uri: &str) -> Result<bool, Refusal> {
        if self.store.has_redirect(uri).await? {
            return Ok(true);
        }
        let Some(root) = uri.strip_suffix('/') else { return Ok(false) };
        Ok(self.store.has_origin(root).await?)
    }
}

//! The service that unwraps workspaces' data keys, and its outages.

use tokio::task_local;

task_local! {
    /// Set for the calls that are to find the service down. A call's rules run in the call's task.
    static DOWN: ();
}

/// The key service does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyServiceDown;

/// Runs a call for which the key service is down.
pub(crate) async fn without_key_service<F: Future>(call: F) -> F::Output {
    DOWN.scope((), call).await
}

/// Refuses while the service is down.
pub(super) fn reach() -> Result<(), KeyServiceDown> {
    DOWN.try_with(|()| KeyServiceDown).map_or(Ok(()), Err)
}

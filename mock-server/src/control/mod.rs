//! What a test in any language steers: the control API, under `/_mock` on a world's own port.
//!
//! The table in `routes` says what there is; the OpenAPI document at `/_mock/openapi.json` is made from it.
//! A new group of routes is a file beside these and a line a route in the table.

mod clock;
mod describe;
mod dispatch;
mod edge;
mod faults;
mod gate;
mod identity;
mod journal;
mod openapi;
mod payment;
mod people;
mod refused;
mod routes;
mod sign_in;
mod station;
mod values;
mod worlds;

use std::sync::Arc;

use axum::{extract::Request, response::Response};

use self::station::Station;
use crate::world::{Beside, World, WorldBuilder};

/// Where the control API is, on every port that has it.
const PREFIX: &str = "/_mock";

impl WorldBuilder {
    /// Whether the world serves the control API under `/_mock`, beside the platform. Off unless said, so that
    /// a world in a Rust test is the platform and nothing else; the `secureflows-mock` binary always has it.
    ///
    /// Only programs on this machine and pages from it are answered: a request with a foreign `Host` or
    /// `Origin` gets `403`. What there is to call says `GET /_mock/openapi.json`.
    ///
    /// ```
    /// use secureflows_mock::World;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let world = World::builder().control(true).start().await?;
    /// println!("curl {}/clock", world.control_url().unwrap_or_default());
    /// # Ok(())
    /// # }
    /// ```
    pub fn control(self, on: bool) -> Self {
        self.beside(on.then(station::first))
    }
}

impl World {
    /// Where the control API is, when the world serves it: the origin and `/_mock`.
    #[must_use]
    pub fn control_url(&self) -> Option<String> {
        self.has_beside().then(|| format!("{}{PREFIX}", self.origin()))
    }
}

fn beside<F: Future<Output = Response> + Send + 'static>(
    answer: impl Fn(World, Request) -> F + Send + Sync + 'static,
) -> Beside {
    Beside {
        prefix: PREFIX,
        answer: Arc::new(move |world, request| Box::pin(answer(world, request))),
    }
}

async fn serve(world: World, station: Arc<Station>, request: Request) -> Response {
    gate::guard(request, async |request| {
        // What is steered is steered at the time that all instances have come to.
        world.keep_time().await;
        dispatch::dispatch(world, station, request).await
    })
    .await
}

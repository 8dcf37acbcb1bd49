//! Worlds beside each other, fuzzed: what happens in one changes no byte in another.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers fail the test they help")]

mod common;

use std::time::Duration;

use common::{ADA, APP, Answer, BOB, builder, call, visit};
use proptest::{collection::vec, prelude::*};
use secureflows_mock::{SignIn, Snapshot, World};

const LOGIN: &str = "/app/sessions/login?workspace_name=acme&app_id=acme-web\
    &redirect_uri=http%3A%2F%2F127.0.0.1%3A3999%2Fcallback";

/// Something that happens in a world. Tokens and snapshots are those that it had last.
#[derive(Debug, Clone)]
enum Step {
    SignIn(bool),
    Set(u8),
    Read,
    Delete,
    Logout,
    Revoke,
    LockedRead,
    Advance(u32),
    Keep,
    Restore,
    LoginPage,
    Keys,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<bool>().prop_map(Step::SignIn),
        3 => any::<u8>().prop_map(Step::Set),
        2 => Just(Step::Read),
        1 => Just(Step::Delete),
        1 => Just(Step::Logout),
        1 => Just(Step::Revoke),
        1 => Just(Step::LockedRead),
        1 => (0_u32..400_000).prop_map(Step::Advance),
        1 => Just(Step::Keep),
        1 => Just(Step::Restore),
        1 => Just(Step::LoginPage),
        1 => Just(Step::Keys),
    ]
}

/// A world and what its clients hold.
struct Run {
    world: World,
    token: String,
    cookie: String,
    kept: Option<Snapshot>,
    seen: Vec<(Option<Answer>, String)>,
}

impl Run {
    fn begin(seed: u64) -> Self {
        let world = builder().seed(seed).build().unwrap();
        let (token, cookie) = (String::new(), String::new());
        Self { world, token, cookie, kept: None, seen: Vec::new() }
    }

    async fn take(&mut self, step: &Step) {
        let (world, token) = (&self.world, self.token.clone());
        let (mut answer, mut note) = (None, String::new());
        match step {
            Step::SignIn(ada) => {
                let who = if *ada { ADA } else { BOB };
                let signed_in = world.sign_in_fully(&SignIn::new(who, APP)).await.unwrap();
                self.cookie = format!("{}={}", signed_in.cookie.name, signed_in.cookie.value);
                note = format!("{} {}", signed_in.session_token, signed_in.identity_token);
                self.token = signed_in.session_token;
            }
            Step::Set(value) => {
                let body = format!(r#"{{"value":{value}}}"#);
                answer = Some(call(world, "POST", "/sessions/set/k", &token, &body).await);
            }
            Step::Read => answer = Some(call(world, "GET", "/sessions", &token, "").await),
            Step::Delete => {
                answer = Some(call(world, "DELETE", "/sessions/delete/k", &token, "").await);
            }
            Step::Logout => answer = Some(call(world, "POST", "/auth/logout", &token, "").await),
            Step::Revoke => note = world.revoke_sessions(ADA).await.to_string(),
            Step::LockedRead => {
                world.lock_workspace("acme").await;
                answer = Some(call(world, "GET", "/sessions", &token, "").await);
                world.unlock_workspace("acme").await;
            }
            Step::Advance(seconds) => {
                let fired = world.advance(Duration::from_secs((*seconds).into())).await;
                note = format!("{fired:?}");
            }
            Step::Keep => self.kept = Some(world.snapshot().unwrap()),
            Step::Restore => {
                if let Some(kept) = &self.kept {
                    world.restore(kept).unwrap();
                }
            }
            Step::LoginPage => answer = Some(visit(world, LOGIN, &self.cookie).await),
            Step::Keys => answer = Some(visit(world, "/.well-known/jwks.json", "").await),
        }
        self.seen.push((answer, note));
    }
}

async fn alone(seed: u64, steps: impl Iterator<Item = &Step>) -> Run {
    let mut run = Run::begin(seed);
    for step in steps {
        run.take(step).await;
    }
    run
}

/// Whether a world takes another's token or cookie.
async fn trusts(world: &World, other: &Run) -> bool {
    let read = call(world, "GET", "/sessions", &other.token, "").await;
    let page = visit(world, LOGIN, &other.cookie).await;
    read.status == 200 || page.body.contains("Continue as")
}

#[tokio::test]
async fn a_browser_keeps_the_cookies_of_worlds_apart() {
    let worlds = [1, 2].map(|seed| builder().seed(seed).build().unwrap());
    let mut jar = Vec::new();
    for (world, who) in worlds.iter().zip([ADA, BOB]) {
        jar.push(world.sign_in_fully(&SignIn::new(who, APP)).await.unwrap().cookie);
    }
    // A browser has one jar for all ports of a host, and one place in it for a name.
    assert_ne!(jar[0].name, jar[1].name);
    let jar = jar.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value));
    let jar = jar.collect::<Vec<_>>().join("; ");
    for (world, who) in worlds.iter().zip([ADA, BOB]) {
        assert!(visit(world, LOGIN, &jar).await.body.contains(who), "{who}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn none_sees_another(
        seeds in proptest::sample::subsequence((0_u64..9).collect::<Vec<_>>(), 2..=3),
        steps in vec((0_usize..3, step()), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut together: Vec<Run> = seeds.iter().map(|seed| Run::begin(*seed)).collect();
            let steps: Vec<_> = steps.iter().map(|(at, step)| (at % seeds.len(), step)).collect();
            for (at, step) in &steps {
                together.get_mut(*at).unwrap().take(step).await;
            }
            for (n, (seed, run)) in seeds.iter().zip(&together).enumerate() {
                let own = steps.iter().filter(|(at, _)| *at == n).map(|(_, step)| *step);
                let alone = alone(*seed, own).await;
                prop_assert_eq!(&run.seen, &alone.seen);
                prop_assert_eq!(run.world.at_rest(), alone.world.at_rest());
                prop_assert_eq!(run.world.clock().now(), alone.world.clock().now());
                for (m, other) in together.iter().enumerate() {
                    let is_own = m == n || other.token.is_empty();
                    prop_assert!(is_own || !trusts(&run.world, other).await);
                }
            }
            Ok(())
        })?;
    }
}

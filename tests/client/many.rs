//! Ten thousand calls at once on a dead token, without sockets.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use secureflows::{
    Client, DataState, Declined, Error, Host, PrivateUrl, SignedOutReason,
    host::{BoxFuture, Request, Response, SendError},
};
use secureflows_mock::{SignIn, World};
use secureflows_tests::{ADA, APP, Indoors, REDIRECT, WORKSPACE, platform};

use crate::sign_in;

const MANY: usize = 10_000;
const LONGER_THAN_A_TOKEN: Duration = Duration::from_secs(8 * 24 * 3600);
const EXPIRED: Error =
    Error::SignedOut { reason: SignedOutReason::Expired, data: DataState::Intact };

/// The way into the world, which answers nobody before so many have come.
struct Crowd {
    inner: Indoors,
    come: AtomicUsize,
    awaited: AtomicUsize,
}

impl Host for Crowd {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, SendError>> {
        Box::pin(async move {
            self.come.fetch_add(1, Ordering::SeqCst);
            while self.come.load(Ordering::SeqCst) < self.awaited.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
            self.inner.send(request).await
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.inner.sleep(time)
    }

    fn now(&self) -> u64 {
        self.inner.now()
    }

    fn random(&self, bytes: &mut [u8]) -> bool {
        self.inner.random(bytes)
    }

    fn keep(&self, name: &str, record: &str) -> bool {
        self.inner.keep(name, record)
    }

    fn take(&self, name: &str) -> Option<String> {
        self.inner.take(name)
    }
}

/// Ada, whose token is dead, and how often somebody was asked to sign her in again.
struct Stand {
    client: Client,
    relogins: Arc<AtomicUsize>,
    _world: World,
}

impl Stand {
    /// All of the many requests go out before one is answered, and all are answered before somebody
    /// signs in again, or does not.
    async fn set(works: bool) -> Self {
        let world = platform().build().unwrap();
        let (come, awaited) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let host = Arc::new(Crowd { inner: Indoors::new(&world), come, awaited });
        let relogins = Arc::new(AtomicUsize::new(0));
        let (counted, desk, seen) = (Arc::clone(&relogins), world.clone(), Arc::clone(&host));
        let relogin = move |page: PrivateUrl| {
            counted.fetch_add(1, Ordering::SeqCst);
            let (desk, seen) = (desk.clone(), Arc::clone(&seen));
            async move {
                while seen.inner.answered() < seen.awaited.load(Ordering::SeqCst) {
                    tokio::task::yield_now().await;
                }
                if !works {
                    return Err(Declined::new("not now"));
                }
                let (_, state) = page.as_str().split_once("state=").unwrap();
                let state = state.split('&').next().unwrap();
                let signed_in = desk.sign_in_fully(&SignIn::new(ADA, APP).state(state)).await;
                Ok(signed_in.unwrap().callback_url.unwrap())
            }
        };
        let client = Client::builder()
            .origin(world.origin())
            .workspace(WORKSPACE)
            .app_id(APP)
            .redirect_uri(REDIRECT)
            .host(host.clone())
            .reauthenticate(relogin)
            .build()
            .unwrap();
        sign_in(&world, &client, ADA).await;
        client.set("k", &1).await.unwrap();
        world.clock().advance(LONGER_THAN_A_TOKEN);
        host.awaited.store(host.inner.answered() + MANY, Ordering::SeqCst);
        Self { client, relogins, _world: world }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_re_login_serves_them_all() {
    let stand = Stand::set(true).await;
    let calls: Vec<_> = (0..MANY)
        .map(|_| {
            let client = stand.client.clone();
            tokio::spawn(async move { client.get("k").await })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), Ok(Some(1)));
    }
    assert_eq!(stand.relogins.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn when_it_fails_all_fail_alike_and_the_next_may_try_again() {
    let stand = Stand::set(false).await;
    let results = join_all((0..MANY).map(|_| stand.client.get::<i32>("k"))).await;
    assert!(results.iter().all(|result| *result == Err(EXPIRED)));
    assert_eq!(stand.relogins.load(Ordering::SeqCst), 1);
    assert_eq!(stand.client.get::<i32>("k").await, Err(EXPIRED));
    assert_eq!(stand.relogins.load(Ordering::SeqCst), 2);
}

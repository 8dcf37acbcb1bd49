//! Where the example plays: a platform of its own with a visitor who fills in forms, or a server
//! elsewhere and the person at this machine's browser.

mod browser;

use std::{
    fmt,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use browser::Browser;
use secureflows::{Client, Declined, PrivateUrl, SessionToken};
use secureflows_mock::{ApplicationSpec, UserSpec, WorkspaceSpec, World};
use secureflows_tests::Visitor;
use url::Url;

use crate::args::Args;

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery staple";
const LONGER_THAN_A_TOKEN: Duration = Duration::from_secs(8 * 24 * 3600);

pub(crate) struct Place {
    origin: String,
    workspace: String,
    app_id: String,
    redirect_uri: String,
    kind: Kind,
    visits: AtomicUsize,
    last_callback: Mutex<Option<String>>,
}

enum Kind {
    Here { world: World, visitor: Visitor },
    There { browser: Browser },
}

impl Place {
    pub(crate) async fn open(args: &Args) -> anyhow::Result<Self> {
        let kind = match &args.origin {
            None => Kind::Here { world: world(args).await?, visitor: Visitor::new()? },
            Some(_) => Kind::There { browser: Browser::listen(&args.redirect_uri).await? },
        };
        let origin = match (&kind, &args.origin) {
            (Kind::Here { world, .. }, _) => world.origin().to_owned(),
            (Kind::There { .. }, origin) => origin.clone().unwrap_or_default(),
        };
        Ok(Self {
            origin,
            workspace: args.workspace.clone(),
            app_id: args.app_id.clone(),
            redirect_uri: args.redirect_uri.clone(),
            kind,
            visits: AtomicUsize::new(0),
            last_callback: Mutex::default(),
        })
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn workspace(&self) -> &str {
        &self.workspace
    }

    pub(crate) fn app_id(&self) -> &str {
        &self.app_id
    }

    pub(crate) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// How often somebody went through hosted login.
    pub(crate) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// Takes somebody through hosted login; gives the URL that it came back to.
    pub(crate) async fn visit(&self, page: &PrivateUrl) -> Result<String, Declined> {
        self.visits.fetch_add(1, Ordering::SeqCst);
        let declined = |reason: &dyn fmt::Display| Declined::new(reason.to_string());
        let callback = match &self.kind {
            Kind::Here { visitor, .. } => {
                let entered = visitor.enter(page.as_str(), EMAIL, PASSWORD).await;
                entered.map_err(|error| declined(&error))?
            }
            Kind::There { browser } => {
                browser.visit(page.as_str()).await.map_err(|error| declined(&error))?
            }
        };
        *self.callback() = Some(callback.clone());
        Ok(callback)
    }

    /// Makes the token at hand a dead one; says how.
    pub(crate) async fn kill_token(&self, client: &Client) -> anyhow::Result<String> {
        match &self.kind {
            Kind::Here { world, .. } => {
                world.clock().advance(LONGER_THAN_A_TOKEN);
                Ok("moved the platform's clock 8 days: the token has expired".to_owned())
            }
            Kind::There { .. } => {
                let home = Url::parse(&self.redirect_uri)?.join("/")?;
                let logout = client.logout_url(home.as_str())?;
                Visitor::new()?.open(logout.as_str()).await?;
                Ok("logged the token out from another browser: it is dead".to_owned())
            }
        }
    }

    /// The token of the last login, as it stands in the browser's history.
    pub(crate) fn last_token(&self) -> Option<SessionToken> {
        let url = Url::parse(self.callback().as_deref()?).ok()?;
        let (_, token) = url.query_pairs().find(|(name, _)| name == "sessionToken")?;
        SessionToken::issued_by(&self.origin, token.into_owned()).ok()
    }

    /// What lies on the platform's disk, where that can be seen.
    pub(crate) fn at_rest(&self) -> Option<String> {
        match &self.kind {
            Kind::Here { world, .. } => world.at_rest().first().map(ToString::to_string),
            Kind::There { .. } => None,
        }
    }

    fn callback(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.last_callback.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Here { .. } => write!(f, "a platform of our own at {}", self.origin),
            Kind::There { .. } => write!(f, "the platform at {}", self.origin),
        }
    }
}

async fn world(args: &Args) -> anyhow::Result<World> {
    let application = ApplicationSpec::new(&args.app_id).redirect_uri(&args.redirect_uri);
    World::builder()
        .workspace(WorkspaceSpec::new(&args.workspace))
        .application(&args.workspace, application)
        .user(&args.workspace, UserSpec::new(EMAIL).password(PASSWORD))
        .start()
        .await
        .context("the mock platform does not start")
}

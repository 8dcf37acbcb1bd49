//! One client, one short method a call.

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use futures_util::future::{AbortHandle, abortable};
use js_sys::{Function, Promise};
use secureflows::{
    BackendRequest, Client, Confirm, DataState, Error, LoginOptions, Payload, PrivateUrl, SignIn,
    SignedOutReason, Status, Update, UpdatePolicy,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::{
    page::{ByPage, Page, PageHost},
    run::run,
    told,
};

/// One client.
#[wasm_bindgen]
pub struct Core {
    client: Client,
    page: Page,
}

#[wasm_bindgen]
impl Core {
    /// A client on `page`. `reauthenticates` says whether the page can show hosted login by itself.
    #[wasm_bindgen(constructor)]
    pub fn new(
        page: Page,
        workspace: Option<String>,
        app_id: Option<String>,
        redirect_uri: Option<String>,
        origin: Option<String>,
        timeout: Option<u32>,
        backends: Vec<String>,
        reauthenticates: bool,
    ) -> Result<Core, JsValue> {
        let mut builder = Client::builder().host(Arc::new(PageHost::new(page.clone())));
        if let Some(workspace) = workspace {
            builder = builder.workspace(workspace);
        }
        if let Some(app_id) = app_id {
            builder = builder.app_id(app_id);
        }
        if let Some(uri) = redirect_uri {
            builder = builder.redirect_uri(uri);
        }
        if let Some(origin) = origin {
            builder = builder.origin(origin);
        }
        if let Some(timeout) = timeout {
            builder = builder.timeout(Duration::from_millis(timeout.into()));
        }
        for backend in backends {
            builder = builder.backend(backend);
        }
        if reauthenticates {
            builder = builder.reauthenticate(ByPage(page.clone()));
        }
        let client = builder.build().map_err(|error| told::error(&page, &error))?;
        spawn_local(told::tell(page.clone(), client.events()));
        Ok(Self { client, page })
    }

    /// The status: its name, and for one who is not signed in why, and what is known of the data.
    pub fn status(&self) -> Vec<String> {
        let (name, why) = match self.client.status() {
            Status::SignedOut { reason, data } => ("signedOut", Some((reason, data))),
            Status::SigningIn => ("signingIn", None),
            Status::SignedIn => ("signedIn", None),
            Status::Locked => ("locked", None),
            Status::Expired { reason, data } => ("expired", Some((reason, data))),
        };
        let why = why
            .map(|(reason, data): (SignedOutReason, DataState)| [reason.as_str(), data.as_str()]);
        [name].into_iter().chain(why.into_iter().flatten()).map(str::to_owned).collect()
    }

    #[wasm_bindgen(js_name = beginLogin)]
    pub fn begin_login(
        &self,
        payload: Option<String>,
        ttl_seconds: Option<u32>,
        same_user: bool,
    ) -> Result<String, JsValue> {
        let mut options = LoginOptions::new();
        if let Some(payload) = payload {
            options = options.payload(payload);
        }
        if let Some(seconds) = ttl_seconds {
            options = options.ttl_seconds(seconds);
        }
        if same_user {
            options = options.same_user();
        }
        self.url(self.client.begin_login(&options))
    }

    #[wasm_bindgen(js_name = cancelLogin)]
    pub fn cancel_login(&self) {
        self.client.cancel_login();
    }

    #[wasm_bindgen(js_name = isCallback)]
    pub fn is_callback(&self, url: &str) -> bool {
        self.client.is_callback(url)
    }

    /// Whether it was the callback.
    #[wasm_bindgen(js_name = completeLogin)]
    pub async fn complete_login(&self, url: String) -> Result<bool, JsValue> {
        let Self { client, page } = self.handle();
        let came = client.complete_login(&url).await;
        came.map(|it| it == SignIn::Done).map_err(|error| told::error(&page, &error))
    }

    pub async fn get(
        &self,
        key: String,
        given_up: Option<Promise>,
    ) -> Result<Option<String>, JsValue> {
        let Self { client, page } = self.handle();
        run(&client, &page, given_up, client.get_raw(&key)).await
    }

    /// The whole payload as it is now.
    pub async fn set(
        &self,
        key: String,
        json: String,
        given_up: Option<Promise>,
    ) -> Result<String, JsValue> {
        let Self { client, page } = self.handle();
        run(&client, &page, given_up, async { client.set_raw(&key, &json).await.map(text) }).await
    }

    pub async fn delete(&self, key: String, given_up: Option<Promise>) -> Result<bool, JsValue> {
        let Self { client, page } = self.handle();
        run(&client, &page, given_up, client.delete(&key)).await
    }

    pub async fn payload(&self, given_up: Option<Promise>) -> Result<String, JsValue> {
        let Self { client, page } = self.handle();
        run(&client, &page, given_up, async { client.payload().await.map(text) }).await
    }

    /// `change` makes the new JSON text of the old one, or of `undefined`. What is written, and whether it is:
    /// when not, somebody else was there first `attempts` times, and the second text is what they wrote.
    pub async fn update(
        &self,
        key: String,
        attempts: u32,
        change: Function,
        given_up: Option<Promise>,
    ) -> Result<Vec<String>, JsValue> {
        let Self { client, page } = self.handle();
        let thrown = Rc::new(RefCell::new(None));
        let change = {
            let thrown = Rc::clone(&thrown);
            move |old: Option<&str>| {
                let old = old.map_or(JsValue::UNDEFINED, JsValue::from_str);
                let made = change.call1(&JsValue::UNDEFINED, &old);
                let made = made.map_err(|error| thrown.replace(Some(error))).ok();
                // Never seen: what was thrown is thrown again in its place.
                made.and_then(|it| it.as_string()).ok_or(Error::UserChanged)
            }
        };
        let policy = UpdatePolicy::retry(attempts);
        let updated = run(&client, &page, given_up, client.update_raw(&key, policy, change)).await;
        if let Some(error) = thrown.take() {
            return Err(error);
        }
        Ok(match updated? {
            Update::Done { value, .. } => vec!["done".to_owned(), value],
            Update::Conflict { ours, theirs } => {
                ["conflict".to_owned(), ours].into_iter().chain(theirs).collect()
            }
        })
    }

    /// The user's id and e-mail address, each `undefined` when it is not known.
    pub async fn identity(&self, given_up: Option<Promise>) -> Result<Vec<JsValue>, JsValue> {
        let Self { client, page } = self.handle();
        let who = run(&client, &page, given_up, client.identity()).await?;
        Ok([who.user_id, who.email].into_iter().map(JsValue::from).collect())
    }

    /// A request of the page's own to one of its backends, which it knows by `tag`. The status.
    pub async fn fetch(
        &self,
        method: String,
        url: String,
        tag: u32,
        given_up: Option<Promise>,
    ) -> Result<u16, JsValue> {
        let Self { client, page } = self.handle();
        let request = match method.as_str() {
            "GET" => BackendRequest::get(url),
            "POST" => BackendRequest::post(url),
            "PUT" => BackendRequest::put(url),
            "PATCH" => BackendRequest::patch(url),
            _ => BackendRequest::delete(url),
        };
        let answer = run(&client, &page, given_up, client.fetch(&request.tag(tag))).await?;
        Ok(answer.status())
    }

    /// Calls `tell` with the JSON text of every value that becomes known under `key`, or with `undefined`;
    /// until what is returned is freed.
    pub fn watch(&self, key: &str, tell: Function) -> Result<Watching, JsValue> {
        let mut values =
            self.client.watch_raw(key).map_err(|error| told::error(&self.page, &error))?;
        let (watching, abort) = abortable(async move {
            while let Some(value) = values.next().await {
                let _thrown = tell.call1(&JsValue::UNDEFINED, &JsValue::from(value));
            }
        });
        spawn_local(async {
            let _over = watching.await;
        });
        Ok(Watching(abort))
    }

    /// Signs out here, then at the platform.
    pub async fn logout(&self) -> Result<(), JsValue> {
        let Self { client, page } = self.handle();
        client.logout().await.map_err(|error| told::error(&page, &error))
    }

    #[wasm_bindgen(js_name = logoutUrl)]
    pub fn logout_url(&self, back_to: &str) -> Result<String, JsValue> {
        self.url(self.client.logout_url(back_to))
    }

    /// Signs out here only.
    pub fn forget(&self) {
        self.client.forget();
    }

    /// Destroys the session and its data.
    pub async fn revoke(&self) -> Result<(), JsValue> {
        let Self { client, page } = self.handle();
        let revoked = client.revoke(Confirm::DataIsDestroyed).await;
        revoked.map_err(|error| told::error(&page, &error))
    }
}

impl Core {
    fn handle(&self) -> Self {
        Self { client: self.client.clone(), page: self.page.clone() }
    }

    fn url(&self, url: Result<PrivateUrl, Error>) -> Result<String, JsValue> {
        url.map(|url| url.as_str().to_owned()).map_err(|error| told::error(&self.page, &error))
    }
}

/// Somebody who watches a key, until it is freed.
#[wasm_bindgen]
pub struct Watching(AbortHandle);

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn text(payload: Payload) -> String {
    payload.as_json().to_owned()
}

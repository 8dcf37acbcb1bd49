//! One client, one short method a call.

use std::{sync::Arc, time::Duration};

use futures_util::future::{AbortHandle, abortable};
use js_sys::{Function, Promise};
use secureflows::{BackendRequest, Client, Error, LoginOptions, PrivateUrl, Status};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, spawn_local};

use crate::{
    page::{ByPage, Page, PageHost},
    run::{Call, run},
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

    /// The status: its name, and for one who is not signed in why, and what is known of the data; with spaces
    /// between.
    pub fn status(&self) -> String {
        let (name, why) = match self.client.status() {
            Status::SignedOut { reason, data } => ("signedOut", Some((reason, data))),
            Status::SigningIn => ("signingIn", None),
            Status::SignedIn => ("signedIn", None),
            Status::Locked => ("locked", None),
            Status::Expired { reason, data } => ("expired", Some((reason, data))),
        };
        let (reason, data) =
            why.map_or(("", ""), |(reason, data)| (reason.as_str(), data.as_str()));
        [name, " ", reason, " ", data].concat()
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
    pub fn complete_login(&self, url: String) -> Promise {
        self.start(Call::CompleteLogin(url), None)
    }

    /// The JSON text under `key`, or `undefined`.
    pub fn get(&self, key: String, given_up: Option<Promise>) -> Promise {
        self.start(Call::Get(key), given_up)
    }

    /// The whole payload as it is now.
    pub fn set(&self, key: String, json: String, given_up: Option<Promise>) -> Promise {
        self.start(Call::Set(key, json), given_up)
    }

    /// Whether it was there.
    pub fn delete(&self, key: String, given_up: Option<Promise>) -> Promise {
        self.start(Call::Delete(key), given_up)
    }

    /// The whole payload.
    pub fn payload(&self, given_up: Option<Promise>) -> Promise {
        self.start(Call::Payload, given_up)
    }

    /// `change` makes the new JSON text of the old one, or of `undefined`. The answer is an array of texts: `done` and
    /// what is written; or `conflict`, what was not, and what somebody else wrote `attempts` times in a row, if
    /// anything is there.
    pub fn update(
        &self,
        key: String,
        attempts: u32,
        change: Function,
        given_up: Option<Promise>,
    ) -> Promise {
        self.start(Call::Update(key, attempts, change), given_up)
    }

    /// An array of the user's id and e-mail address, each `undefined` when it is not known.
    pub fn identity(&self, given_up: Option<Promise>) -> Promise {
        self.start(Call::Identity, given_up)
    }

    /// A request of the page's own to one of its backends, which it knows by `tag`. The status.
    pub fn fetch(&self, method: &str, url: String, tag: u32, given_up: Option<Promise>) -> Promise {
        let request = match method {
            "GET" => BackendRequest::get(url),
            "POST" => BackendRequest::post(url),
            "PUT" => BackendRequest::put(url),
            "PATCH" => BackendRequest::patch(url),
            _ => BackendRequest::delete(url),
        };
        self.start(Call::Fetch(request.tag(tag)), given_up)
    }

    /// Signs out here, then at the platform.
    pub fn logout(&self) -> Promise {
        self.start(Call::Logout, None)
    }

    /// Destroys the session and its data.
    pub fn revoke(&self) -> Promise {
        self.start(Call::Revoke, None)
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

    #[wasm_bindgen(js_name = logoutUrl)]
    pub fn logout_url(&self, back_to: &str) -> Result<String, JsValue> {
        self.url(self.client.logout_url(back_to))
    }

    /// Signs out here only.
    pub fn forget(&self) {
        self.client.forget();
    }
}

impl Core {
    fn start(&self, call: Call, given_up: Option<Promise>) -> Promise {
        let (client, page) = (self.client.clone(), self.page.clone());
        future_to_promise(async move { run(&client, &page, given_up, call).await })
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

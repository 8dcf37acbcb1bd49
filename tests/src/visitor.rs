//! A person at a browser without JavaScript: opens pages, fills in forms, presses buttons by what
//! is written on them.

use std::fmt;

use reqwest::{Response, header::LOCATION, redirect::Policy};
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// How many redirects are followed in a row.
const LONGEST_CHAIN: usize = 10;

/// A person with a browser of their own.
#[derive(Clone, Debug)]
pub struct Visitor {
    browser: reqwest::Client,
}

impl Visitor {
    /// A person with a fresh browser.
    ///
    /// # Errors
    /// [`VisitorError::Browser`] when the HTTP client cannot be made.
    pub fn new() -> Result<Self, VisitorError> {
        let browser = reqwest::Client::builder().cookie_store(true).redirect(Policy::none());
        // What a person opens here is on loopback, which no proxy reaches.
        let browser = browser.no_proxy().build();
        Ok(Self { browser: browser.map_err(VisitorError::Browser)? })
    }

    /// Signs in on the hosted login page at `page`; gives the URL the browser was sent back to.
    ///
    /// # Errors
    /// [`VisitorError`] when the page is not as expected or does not let the person in.
    pub async fn sign_in(
        &self,
        page: &str,
        email: &str,
        password: &str,
    ) -> Result<String, VisitorError> {
        let fields = [("email", email), ("password", password)];
        self.open(page).await?.page()?.press("Sign in", &fields).await?.left()
    }

    /// Goes the shortest way through the page at `page`: continues, where this browser is known, or
    /// else signs in; as [`sign_in`](Self::sign_in).
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in).
    pub async fn enter(
        &self,
        page: &str,
        email: &str,
        password: &str,
    ) -> Result<String, VisitorError> {
        let known = format!("Continue as {email}?");
        if self.open(page).await?.page()?.text().contains(&known) {
            return self.continue_as_before(page).await;
        }
        self.sign_in(page, email, password).await
    }

    /// Creates an account on the hosted login page at `page`; as [`sign_in`](Self::sign_in).
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in).
    pub async fn sign_up(
        &self,
        page: &str,
        email: &str,
        password: &str,
    ) -> Result<String, VisitorError> {
        let fields = [("email", email), ("password", password)];
        let form = self.open(page).await?.page()?.follow("Create an account").await?.page()?;
        form.press("Create account", &fields).await?.left()
    }

    /// Continues as the person that this browser knows; as [`sign_in`](Self::sign_in).
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in).
    pub async fn continue_as_before(&self, page: &str) -> Result<String, VisitorError> {
        self.open(page).await?.page()?.press("Continue", &[]).await?.left()
    }

    /// Turns away from the hosted login page at `page`; as [`sign_in`](Self::sign_in).
    ///
    /// # Errors
    /// As [`sign_in`](Self::sign_in).
    pub async fn cancel(&self, page: &str) -> Result<String, VisitorError> {
        self.open(page).await?.page()?.follow("Cancel").await?.left()
    }

    /// Opens `url`, and follows redirects as long as they stay on its origin.
    ///
    /// # Errors
    /// [`VisitorError`] when there is no answer.
    pub async fn open(&self, url: &str) -> Result<Place, VisitorError> {
        let url = Url::parse(url).map_err(|_| VisitorError::NotAUrl)?;
        let answer = self.browser.get(url.clone()).send().await.map_err(VisitorError::Browser)?;
        self.arrive(url, answer).await
    }

    async fn arrive(&self, mut at: Url, mut answer: Response) -> Result<Place, VisitorError> {
        for _ in 0..LONGEST_CHAIN {
            let Some(location) = answer.headers().get(LOCATION) else {
                let html = answer.text().await.map_err(VisitorError::Browser)?;
                return Ok(Place::Page(Page { visitor: self.clone(), at, html }));
            };
            let location = location.to_str().map_err(|_| VisitorError::NotAUrl)?;
            let next = at.join(location).map_err(|_| VisitorError::NotAUrl)?;
            if next.origin() != at.origin() {
                return Ok(Place::Elsewhere(location.to_owned()));
            }
            at = next;
            answer = self.browser.get(at.clone()).send().await.map_err(VisitorError::Browser)?;
        }
        Err(VisitorError::Loop)
    }
}

/// Where a step led.
#[derive(Debug)]
pub enum Place {
    /// To a page of the same origin.
    Page(Page),
    /// To a URL of another origin, which was not opened.
    Elsewhere(String),
}

impl Place {
    /// The page.
    ///
    /// # Errors
    /// [`VisitorError::Unexpected`] when the step left the origin.
    pub fn page(self) -> Result<Page, VisitorError> {
        match self {
            Self::Page(page) => Ok(page),
            Self::Elsewhere(_) => Err(VisitorError::Unexpected("the origin was left".into())),
        }
    }

    /// The URL behind the origin that was left.
    ///
    /// # Errors
    /// [`VisitorError::Unexpected`], with what the page says, when the person is still there.
    pub fn left(self) -> Result<String, VisitorError> {
        match self {
            Self::Elsewhere(url) => Ok(url),
            Self::Page(page) => Err(VisitorError::Unexpected(page.text())),
        }
    }
}

/// A page, as a person sees it.
#[derive(Debug)]
pub struct Page {
    visitor: Visitor,
    at: Url,
    html: String,
}

impl Page {
    /// What is written on the page.
    #[must_use]
    pub fn text(&self) -> String {
        let html = Html::parse_document(&self.html);
        let body = select("body").and_then(|body| html.select(&body).next());
        body.map(|body| text_of(body)).unwrap_or_default()
    }

    /// Fills in `fields`, by name, and presses the button that says `label`.
    ///
    /// # Errors
    /// [`VisitorError::Unexpected`] when there is no such button.
    pub async fn press(&self, label: &str, fields: &[(&str, &str)]) -> Result<Place, VisitorError> {
        let (action, mut values) = self.form_of(label).ok_or_else(|| self.lacks(label))?;
        for (name, value) in fields {
            values.retain(|(present, _)| present != name);
            values.push(((*name).to_owned(), (*value).to_owned()));
        }
        let browser = &self.visitor.browser;
        let answer = browser.post(action.clone()).form(&values).send().await;
        self.visitor.arrive(action, answer.map_err(VisitorError::Browser)?).await
    }

    /// Follows the link that says `label`.
    ///
    /// # Errors
    /// [`VisitorError::Unexpected`] when there is no such link.
    pub async fn follow(&self, label: &str) -> Result<Place, VisitorError> {
        let url = self.link_of(label).ok_or_else(|| self.lacks(label))?;
        if url.origin() != self.at.origin() {
            return Ok(Place::Elsewhere(url.into()));
        }
        self.visitor.open(url.as_str()).await
    }

    fn form_of(&self, label: &str) -> Option<(Url, Vec<(String, String)>)> {
        let html = Html::parse_document(&self.html);
        let button = html.select(&select("button")?).find(|button| text_of(*button) == label)?;
        let form =
            button.ancestors().filter_map(ElementRef::wrap).find(|e| e.value().name() == "form")?;
        let inputs = select("input[name]")?;
        let mut values: Vec<_> = form.select(&inputs).filter_map(named_value).collect();
        values.extend(named_value(button));
        let action = self.at.join(form.attr("action").unwrap_or_default()).ok()?;
        Some((action, values))
    }

    fn link_of(&self, label: &str) -> Option<Url> {
        let html = Html::parse_document(&self.html);
        let link = html.select(&select("a[href]")?).find(|link| text_of(*link) == label)?;
        self.at.join(link.attr("href")?).ok()
    }

    fn lacks(&self, label: &str) -> VisitorError {
        VisitorError::Unexpected(format!("no “{label}” on: {}", self.text()))
    }
}

fn select(what: &str) -> Option<Selector> {
    Selector::parse(what).ok()
}

fn text_of(element: ElementRef<'_>) -> String {
    let words: Vec<_> = element.text().flat_map(str::split_whitespace).collect();
    words.join(" ")
}

fn named_value(element: ElementRef<'_>) -> Option<(String, String)> {
    let value = element.attr("value").unwrap_or_default();
    element.attr("name").map(|name| (name.to_owned(), value.to_owned()))
}

/// Why a person could not go on.
#[derive(Debug)]
pub enum VisitorError {
    /// The browser got no answer.
    Browser(reqwest::Error),
    /// What was given, or sent, as a URL is none.
    NotAUrl,
    /// Redirects go on and on.
    Loop,
    /// The page is another one than expected; what it says instead.
    Unexpected(String),
}

impl fmt::Display for VisitorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The URL may hold a token.
            Self::Browser(error) => write!(f, "no answer (timeout: {})", error.is_timeout()),
            Self::NotAUrl => f.write_str("not a URL"),
            Self::Loop => f.write_str("redirects without end"),
            Self::Unexpected(text) => write!(f, "not the expected page: {text}"),
        }
    }
}

impl std::error::Error for VisitorError {}

//! Lists: a page at a time, or as a stream over all of them.

use std::{
    collections::VecDeque,
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::{Stream, future::poll_fn};
use serde::{Deserialize, de::DeserializeOwned};

use super::Management;
use crate::{
    error::Error,
    host::BoxFuture,
    protocol::call::{Call, Endpoint},
};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Which page it is, from 0.
    pub page: u32,
    /// How many a page holds at most.
    pub page_size: u32,
    /// How many there are on all pages.
    pub total_items: u64,
    /// How many pages there are.
    pub total_pages: u32,
}

/// A list at the platform: nothing is asked before a page of it is.
#[must_use = "nothing is asked before a page of it is"]
pub struct Listing<T> {
    management: Management,
    endpoint: &'static Endpoint,
    query: Vec<(&'static str, String)>,
    of: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + 'static> Listing<T> {
    pub(super) fn new(
        management: &Management,
        endpoint: &'static Endpoint,
        query: Vec<(&'static str, String)>,
    ) -> Self {
        Self { management: management.clone(), endpoint, query, of: PhantomData }
    }

    /// One page, counted from 0.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn page(&self, number: u32) -> Result<Page<T>, Error> {
        let number = number.to_string();
        let query = self.query.iter().map(|(name, value)| (*name, value.as_str()));
        let query = query.chain([("page", number.as_str())]);
        self.management.read(Call::to(self.endpoint).query(query)).await
    }

    /// Everything, page after page, each asked for when it is needed.
    ///
    /// What is added or removed meanwhile can move others from one page to another: such a row may come
    /// twice, or not at all.
    #[must_use]
    pub fn stream(self) -> Pages<T> {
        Pages { listing: self, items: VecDeque::new(), next: Some(0), asked: None }
    }

    /// Everything at once.
    ///
    /// # Errors
    /// Any [`Error`] of a read.
    pub async fn all(self) -> Result<Vec<T>, Error> {
        let (mut pages, mut all) = (self.stream(), Vec::new());
        while let Some(item) = pages.next().await {
            all.push(item?);
        }
        Ok(all)
    }
}

impl<T> Clone for Listing<T> {
    fn clone(&self) -> Self {
        let Self { management, endpoint, query, of } = self;
        Self { management: management.clone(), endpoint, query: query.clone(), of: *of }
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Listing({})", self.endpoint.path)
    }
}

/// A list, row by row: a [`Stream`], and [`next`](Self::next) for those who need no more. After an error
/// it ends.
pub struct Pages<T> {
    listing: Listing<T>,
    items: VecDeque<T>,
    next: Option<u32>,
    asked: Option<BoxFuture<'static, Result<Page<T>, Error>>>,
}

impl<T: DeserializeOwned + 'static> Pages<T> {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// The inner one: any [`Error`] of a read.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            let Some(number) = self.next else { return Poll::Ready(None) };
            let listing = &self.listing;
            let asked = self.asked.get_or_insert_with(|| {
                let listing = listing.clone();
                Box::pin(async move { listing.page(number).await })
            });
            let page = ready!(asked.as_mut().poll(cx));
            self.asked = None;
            match page {
                Ok(page) => {
                    let more = !page.items.is_empty() && number + 1 < page.total_pages;
                    self.next = more.then_some(number + 1);
                    self.items.extend(page.items);
                }
                Err(error) => {
                    self.next = None;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl<T> Unpin for Pages<T> {}

impl<T: DeserializeOwned + 'static> Stream for Pages<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(cx)
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("of", &self.listing).finish_non_exhaustive()
    }
}

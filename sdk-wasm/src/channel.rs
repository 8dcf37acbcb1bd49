//! The way between the page and the core: numbers, and texts that are put down for the other side before it is called.
//! Each further function or object that crosses over would cost a browser more than all of this does.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::prelude::*;

use crate::core::Core;

#[wasm_bindgen(raw_module = "../page.ts")]
extern "C" {
    /// Puts a text down for the page.
    fn put(text: Option<&str>);

    /// Asks the page of a core for something.
    fn page(core: u32, what: u8, id: u32, number: f64, other: f64) -> f64;
}

thread_local! {
    static GIVEN: RefCell<Vec<Option<String>>> = const { RefCell::new(Vec::new()) };
    static CORES: RefCell<Vec<(u32, Rc<Core>)>> = const { RefCell::new(Vec::new()) };
}

/// Puts a text down for the core.
#[wasm_bindgen]
pub fn give(text: Option<String>) {
    GIVEN.with_borrow_mut(|given| given.push(text));
}

/// Asks the core of this number for something, with the texts that were given; what it answers at once is put down.
#[wasm_bindgen]
pub fn ask(core: u32, wanted: u8, id: u32, number: f64) {
    let mut texts = given();
    match wanted {
        what::OPEN => {
            if let Some(made) = Core::open(Page(core), texts, id == 1, number) {
                CORES.with_borrow_mut(|cores| cores.push((core, Rc::new(made))));
            }
        }
        what::CLOSE => {
            let closed = CORES.with_borrow_mut(|cores| {
                let at = cores.iter().position(|(known, _)| *known == core)?;
                Some(cores.swap_remove(at))
            });
            drop(closed);
        }
        _ => {
            let found = CORES.with_borrow(|cores| {
                let (_, found) = cores.iter().find(|(known, _)| *known == core)?;
                Some(Rc::clone(found))
            });
            if let Some(found) = found {
                found.asked(wanted, id, number, &mut texts);
            }
        }
    }
}

/// What a core is asked for: `What` in `web/src/core.ts`, first the calls.
pub(crate) mod what {
    pub(crate) const COMPLETE_LOGIN: u8 = 0;
    pub(crate) const GET: u8 = 1;
    pub(crate) const SET: u8 = 2;
    pub(crate) const DELETE: u8 = 3;
    pub(crate) const PAYLOAD: u8 = 4;
    pub(crate) const UPDATE: u8 = 5;
    // 6 asks who is signed in.
    pub(crate) const FETCH: u8 = 7;
    pub(crate) const LOGOUT: u8 = 8;
    pub(crate) const REVOKE: u8 = 9;
    pub(crate) const OPEN: u8 = 10;
    pub(crate) const CLOSE: u8 = 11;
    pub(crate) const STATUS: u8 = 12;
    pub(crate) const BEGIN_LOGIN: u8 = 13;
    pub(crate) const CANCEL_LOGIN: u8 = 14;
    pub(crate) const IS_CALLBACK: u8 = 15;
    pub(crate) const LOGOUT_URL: u8 = 16;
    pub(crate) const FORGET: u8 = 17;
    pub(crate) const GIVE_UP: u8 = 18;
    pub(crate) const ANSWERED: u8 = 19;
    pub(crate) const NOT_ANSWERED: u8 = 20;
    pub(crate) const WOKE: u8 = 21;
    pub(crate) const SHOWN: u8 = 22;
    pub(crate) const WATCH: u8 = 23;
}

/// The texts that were given, in order.
pub(crate) struct Texts(std::vec::IntoIter<Option<String>>);

impl Texts {
    pub(crate) fn next(&mut self) -> Option<String> {
        self.0.next().flatten()
    }

    /// One that is always there.
    pub(crate) fn text(&mut self) -> String {
        self.next().unwrap_or_default()
    }
}

fn given() -> Texts {
    Texts(GIVEN.take().into_iter())
}

/// No numbers.
pub(crate) const NONE: [f64; 2] = [0.0, 0.0];

/// The page of the core of this number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page(u32);

impl Page {
    /// `id` says what the page's answer, or what it is told, belongs to.
    pub(crate) fn ask(
        self,
        what: u8,
        id: u32,
        [number, other]: [f64; 2],
        texts: &[Option<&str>],
    ) -> f64 {
        texts.iter().copied().for_each(put);
        page(self.0, what, id, number, other)
    }

    /// As [`ask`](Self::ask), for a text.
    pub(crate) fn text(self, what: u8, id: u32, texts: &[Option<&str>]) -> Option<String> {
        self.ask(what, id, NONE, texts);
        given().next()
    }

    /// Puts down what the page asked for.
    pub(crate) fn answer(text: &str) {
        put(Some(text));
    }
}

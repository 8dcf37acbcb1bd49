//! Bad input, told by field, problem and mend.

use std::{borrow::Cow, fmt};

/// An argument or setting that cannot be used: which, why, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid(Box<Parts>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    field: &'static str,
    problem: Cow<'static, str>,
    mend: &'static str,
}

impl Invalid {
    #[cold]
    pub(crate) fn new(
        field: &'static str,
        problem: impl Into<Cow<'static, str>>,
        mend: &'static str,
    ) -> Self {
        Self(Box::new(Parts { field, problem: problem.into(), mend }))
    }

    /// The field, argument or setting, such as `redirect_uri`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.0.field
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.0.problem
    }

    /// What to do about it.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        self.0.mend
    }

    pub(super) fn message(&self) -> String {
        ["`", self.field(), "` ", self.problem(), ": ", self.mend()].concat()
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Invalid {}

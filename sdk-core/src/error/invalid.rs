//! Bad input, told by field, problem and mend.

use std::{borrow::Cow, fmt};

/// An argument or setting that cannot be used: which, why, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    pub(crate) field: &'static str,
    pub(crate) problem: Cow<'static, str>,
    pub(crate) mend: &'static str,
}

impl Invalid {
    /// The field, argument or setting, such as `redirect_uri`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// What to do about it.
    #[must_use]
    pub const fn mend(&self) -> &'static str {
        self.mend
    }
}

impl Invalid {
    pub(super) fn message(&self) -> String {
        ["`", self.field, "` ", &self.problem, ": ", self.mend].concat()
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl std::error::Error for Invalid {}

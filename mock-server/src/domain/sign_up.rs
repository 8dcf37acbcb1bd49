//! New accounts by e-mail and password, and those without either.

use super::{Account, BadEmail, Directory, Platform, Reason, Refusal, parse_email};

/// A shorter password is not taken.
const MIN_PASSWORD: usize = 8;

/// The longest name, in characters.
const MAX_NAME: usize = 100;

/// Why there is no new account. Each says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadSignUp {
    #[error("Enter an e-mail address, such as name@example.com.")]
    Email,
    #[error("Choose a password of at least {MIN_PASSWORD} characters.")]
    Password,
    #[error("Choose a name of 1 to {MAX_NAME} characters, or none.")]
    Name,
    #[error("An account cannot be made with these. Try to sign in.")]
    Taken,
}

impl BadSignUp {
    /// Which check it comes from.
    pub(super) fn reason(self) -> Reason {
        Reason::of(match self {
            Self::Email => "account.email",
            Self::Password => "account.password",
            Self::Name => "account.name",
            Self::Taken => "account.email_free",
        })
    }
}

impl<S: Directory> Platform<S> {
    /// A new account, whose e-mail nobody has verified yet.
    pub(crate) async fn sign_up(
        &self,
        email: &str,
        password: &str,
        name: Option<&str>,
    ) -> Result<Result<Account, BadSignUp>, Refusal> {
        let (email, name) = match checked(email, password, name) {
            Ok(checked) => checked,
            Err(bad) => return Ok(Err(bad)),
        };
        let account = Account { name, ..self.new_account(Some(email), Some(password)) };
        let added = self.store.add_account(account.clone()).await?;
        Ok(if added { Ok(account) } else { Err(BadSignUp::Taken) })
    }

    /// A new account without e-mail or password.
    pub(crate) async fn sign_up_anonymously(&self) -> Result<Account, Refusal> {
        let account = self.new_account(None, None);
        // Without an e-mail there is none to be taken.
        self.store.add_account(account.clone()).await?;
        Ok(account)
    }
}

fn checked(
    email: &str,
    password: &str,
    name: Option<&str>,
) -> Result<(String, Option<String>), BadSignUp> {
    let email = parse_email(email)?;
    if password.chars().count() < MIN_PASSWORD {
        return Err(BadSignUp::Password);
    }
    let name = name.map(str::trim);
    if name.is_some_and(|name| !is_name(name)) {
        return Err(BadSignUp::Name);
    }
    Ok((email, name.map(str::to_owned)))
}

/// Whether people can be called so: one line, neither empty nor endless.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control)
}

impl From<BadEmail> for BadSignUp {
    fn from(_: BadEmail) -> Self {
        Self::Email
    }
}

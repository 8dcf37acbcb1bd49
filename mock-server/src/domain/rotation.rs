//! Which key signs identity tokens. A new one takes over at once; the one before it verifies for as long as
//! its tokens live.

use jiff::Timestamp;

use super::{Directory, Platform, Refusal, lifetime};
use crate::crypto::Jwk;

/// How far the keys have been rotated. The keys themselves grow from the platform's secret.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rotation {
    /// How often. It names the key that signs.
    pub(crate) count: u64,
    /// When the key before is good for nothing any more.
    previous_until: Option<Timestamp>,
}

impl Rotation {
    fn advance(&mut self, now: Timestamp) {
        self.count += 1;
        self.previous_until = Some(lifetime::later(now, lifetime::IDENTITY_TTL));
    }

    /// The keys whose tokens count, the one that signs first.
    pub(super) fn good(&self, now: Timestamp) -> impl Iterator<Item = u64> + use<> {
        let is_good = self.previous_until.is_some_and(|until| now < until);
        let previous = self.count.checked_sub(1).filter(|_| is_good);
        [Some(self.count), previous].into_iter().flatten()
    }
}

impl<S: Directory> Platform<S> {
    /// Lets another key sign identity tokens from now on; its id.
    pub(crate) async fn rotate_identity_keys(&self) -> Result<String, Refusal> {
        let now = self.clock.now();
        let rotate = |rotation: &mut Rotation| {
            rotation.advance(now);
            rotation.count
        };
        let count = self.store.with_rotation(rotate).await?;
        Ok(self.keys.identity(count).id().to_owned())
    }

    /// The public halves of the keys whose identity tokens count, the one that signs first.
    pub(crate) async fn identity_jwks(&self) -> Result<Vec<Jwk>, Refusal> {
        let rotation = self.store.rotation().await?;
        let good = rotation.good(self.clock.now());
        Ok(good.map(|count| self.keys.identity(count).jwk()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_before_is_good_for_an_hour() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let good = |rotation: &Rotation, now| rotation.good(at(now)).collect::<Vec<_>>();
        let mut rotation = Rotation::default();
        assert_eq!(good(&rotation, 0), [0]);
        rotation.advance(at(0));
        assert_eq!(good(&rotation, 3_599), [1, 0]);
        assert_eq!(good(&rotation, 3_600), [1]);
        rotation.advance(at(10));
        assert_eq!(good(&rotation, 11), [2, 1], "only the one before");
    }
}

//! Plans, and the limits that they set (contract §5).

use super::Refusal;

/// What a workspace pays for.
#[cfg_attr(feature = "postgres", derive(serde::Serialize, serde::Deserialize))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Plan {
    /// 20 active sessions, payloads of 2048 bytes.
    #[default]
    Free,
    /// 100 active sessions, payloads of 4096 bytes.
    Base,
    /// 1000 active sessions, payloads of 16384 bytes. The platform has not published its numbers.
    Pro,
}

/// How many sessions are active at once, and how large a payload is: UTF-8 bytes of the decrypted JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlanLimits {
    pub(crate) sessions: u64,
    pub(crate) payload_bytes: u64,
}

impl Plan {
    pub(crate) const ALL: [Self; 3] = [Self::Free, Self::Base, Self::Pro];

    /// The plan's name on the wire.
    ///
    /// ```
    /// # use secureflows_mock::Plan;
    /// assert_eq!(Plan::Free.wire_name(), "free");
    /// ```
    #[must_use]
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Base => "base",
            Self::Pro => "pro",
        }
    }

    pub(crate) fn parse(name: &str) -> Result<Self, Refusal> {
        let found = Self::ALL.into_iter().find(|plan| plan.wire_name() == name);
        found.ok_or_else(|| Refusal::invalid("planName", "use free, base or pro"))
    }

    pub(crate) const fn limits(self) -> PlanLimits {
        let (sessions, payload_bytes) = match self {
            Self::Free => (20, 2_048),
            Self::Base => (100, 4_096),
            Self::Pro => (1_000, 16_384),
        };
        PlanLimits { sessions, payload_bytes }
    }
}

impl PlanLimits {
    /// Refuses one more session beside so many active ones.
    pub(crate) fn room_for_session(self, active: u64) -> Result<(), Refusal> {
        if active < self.sessions {
            Ok(())
        } else {
            Err(Refusal::SessionLimit { limit: self.sessions, observed: active })
        }
    }

    /// Refuses a payload that is larger.
    pub(crate) fn room_for_payload(self, json: &str) -> Result<(), Refusal> {
        let observed = json.len() as u64;
        if observed <= self.payload_bytes {
            Ok(())
        } else {
            Err(Refusal::PayloadLimit { limit: self.payload_bytes, observed })
        }
    }
}

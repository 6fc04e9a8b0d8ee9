//! When a meetup goes ahead: half of the members and one mentor.

use super::words::{Role, Rsvp};

/// Who can still come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quorum {
    /// Members of the group, mentors included.
    pub members: usize,
    /// Said yes.
    pub yes: usize,
    /// Said no.
    pub no: usize,
    /// Mentors who have not said no.
    pub mentors: usize,
}

impl Quorum {
    /// Counts the answers of a group; `None` is no answer yet.
    pub fn count(answers: impl IntoIterator<Item = (Role, Option<Rsvp>)>) -> Self {
        let mut quorum = Self::default();
        for (role, answer) in answers {
            quorum.members += 1;
            match answer {
                Some(Rsvp::Yes) => quorum.yes += 1,
                Some(Rsvp::No) => quorum.no += 1,
                Some(Rsvp::Maybe) | None => {}
            }
            if role == Role::Mentor && answer != Some(Rsvp::No) {
                quorum.mentors += 1;
            }
        }
        quorum
    }

    /// How many have to come: half, rounded up.
    pub const fn needed(self) -> usize {
        self.members.div_ceil(2)
    }

    /// Whether enough can still come, a mentor among them.
    pub const fn can_be_met(self) -> bool {
        self.mentors > 0 && self.members - self.no >= self.needed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_members_and_one_mentor_are_enough() {
        let group = |mentor, others: [Option<Rsvp>; 5]| {
            let rest = others.into_iter().map(|answer| (Role::Participant, answer));
            Quorum::count(std::iter::once((Role::Mentor, mentor)).chain(rest))
        };
        let no = Some(Rsvp::No);
        assert!(group(None, [no, no, no, None, None]).can_be_met());
        assert!(!group(None, [no, no, no, no, None]).can_be_met());
        assert!(!group(no, [None, None, None, None, Some(Rsvp::Yes)]).can_be_met());
        assert_eq!(group(None, [None; 5]).needed(), 3);
    }
}

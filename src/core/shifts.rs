//! Whose place a plan changes, beside the groups as they are: who moves from where, and who is left without one.
//!
//! Invariant: it is read from the members themselves, so nobody who sits in a group is overlooked, whatever they hold.

use std::collections::BTreeSet;

use crate::domain::formation::{Barrier, Plan, PlannedGroup, Stop};
use crate::domain::ids::PersonId;
use crate::domain::words::Role;
use crate::store::groups::{Group, Member};

/// Why somebody loses a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The group ends, for nobody mentors it.
    NoMentor,
    /// The group ends, for too few participants are left.
    TooFew,
    /// The group ends, and its people sit elsewhere.
    Dissolved,
    /// The group goes on, and the person shares too few hours with the others.
    Hours,
    /// The group goes on, and a rule does not let everybody stay.
    Rules,
}

impl Why {
    /// Whether the group ends.
    pub(super) const fn ends(self) -> bool {
        matches!(self, Self::NoMentor | Self::TooFew | Self::Dissolved)
    }
}

/// A place that somebody loses.
#[derive(Debug, Clone)]
pub(super) struct Shift {
    pub(super) person: PersonId,
    pub(super) role: Role,
    pub(super) from: Group,
    /// Key of the group in which they have a place instead; none when they have none.
    pub(super) to: Option<usize>,
    /// Whether they stay in the same group as something else.
    pub(super) stays: bool,
    pub(super) why: Why,
}

/// Every place that is lost, by the number of its group, and the groups that end. A first plan takes none.
#[derive(Debug, Clone, Default)]
pub(super) struct Shifts {
    places: Vec<Shift>,
    ending: Vec<String>,
}

impl Shifts {
    /// What a plan takes from those who sit in groups now.
    pub(super) fn between(present: &[(Group, Vec<Member>)], plan: &Plan, smallest: usize) -> Self {
        let was = |key: usize, member: &Member| {
            present.iter().filter(|(group, _)| key_of(group) == key).any(|(_, members)| {
                members.iter().any(|m| m.person_id == member.person_id && m.role == member.role)
            })
        };
        let is = |planned: &PlannedGroup, member: &Member| {
            seats(planned).any(|seat| seat == (member.person_id.as_str(), member.role))
        };
        let mut taken = BTreeSet::new();
        let mut places = Vec::new();
        for (group, members) in present {
            let planned = plan.group(key_of(group));
            let lost = members.iter().filter(|member| {
                matches!(member.role, Role::Mentor | Role::Participant)
                    && planned.is_none_or(|planned| !is(planned, member))
            });
            for member in lost {
                let fresh = plan.groups.iter().filter(|other| is(other, member) && !was(other.key, member));
                let to = fresh
                    .map(|other| other.key)
                    .find(|key| taken.insert((member.person_id.clone(), member.role, *key)));
                let why = match planned {
                    Some(_) => why_out(plan, member),
                    None => why_ended(members, smallest),
                };
                let stays = planned
                    .is_some_and(|planned| planned.members().any(|id| id == member.person_id.as_str()));
                let (person, role, from) = (member.person_id.clone(), member.role, group.clone());
                places.push(Shift { person, role, from, to, stays, why });
            }
        }
        // That its people sit elsewhere is true only where somebody does.
        let moved: BTreeSet<_> = places.iter().filter(|s| s.to.is_some()).map(|s| s.from.number).collect();
        for shift in places.iter_mut().filter(|s| s.why == Why::Dissolved && !moved.contains(&s.from.number))
        {
            shift.why = Why::Rules;
        }
        let ending = present.iter().filter(|(group, _)| plan.group(key_of(group)).is_none());
        Self { places, ending: ending.map(|(group, _)| group.name.clone()).collect() }
    }

    /// The place that somebody had before the one in this group.
    pub(super) fn origin(&self, person: &str, role: Role, key: usize) -> Option<&Shift> {
        self.places.iter().find(|s| s.to == Some(key) && s.role == role && s.person.as_str() == person)
    }

    /// The places instead of which there is no other, of those who leave the group.
    pub(super) fn lost(&self) -> impl Iterator<Item = &Shift> {
        self.places.iter().filter(|shift| shift.to.is_none() && !shift.stays)
    }

    /// The names of the groups that end.
    pub(super) fn ending(&self) -> &[String] {
        &self.ending
    }
}

/// The key of a group in a plan that puts groups right.
pub(super) fn key_of(group: &Group) -> usize {
    usize::try_from(group.number).unwrap_or(usize::MAX)
}

/// The roles of a planned group's people.
pub(super) fn seats(group: &PlannedGroup) -> impl Iterator<Item = (&str, Role)> {
    let mentors = group.mentors.iter().map(|id| (id.as_str(), Role::Mentor));
    mentors.chain(group.participants.iter().map(|id| (id.as_str(), Role::Participant)))
}

fn why_ended(members: &[Member], smallest: usize) -> Why {
    let number = |role: Role| members.iter().filter(|member| member.role == role).count();
    if number(Role::Mentor) == 0 {
        Why::NoMentor
    } else if number(Role::Participant) < smallest {
        Why::TooFew
    } else {
        Why::Dissolved
    }
}

/// Most rules have to do with somebody else, so of them nothing more is said.
fn why_out(plan: &Plan, member: &Member) -> Why {
    let mine = plan.unplaced.iter().find(|unplaced| {
        unplaced.person == member.person_id.as_str() && unplaced.as_mentor == (member.role == Role::Mentor)
    });
    // What stops them elsewhere may be something else than what put them out here.
    match mine.map(|unplaced| unplaced.stopped_by.as_slice()) {
        Some([Stop::Groups { barrier: Barrier::Hours, .. }]) => Why::Hours,
        _ => Why::Rules,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::formation::planned;
    use crate::domain::civil::Instant;
    use crate::domain::ids::{GroupId, ProgramId};
    use crate::domain::words::{GroupState, Lead};

    /// A group with these people: mentors, then participants.
    fn group(number: i64, mentors: &[&str], participants: &[&str]) -> (Group, Vec<Member>) {
        let at = Instant::from_secs(0);
        let id = GroupId::new(format!("g{number}"));
        let member = |person: &str, role: Role| Member {
            group_id: id.clone(),
            person_id: PersonId::new(person),
            role,
            joined_at: at,
            left_at: None,
        };
        let members = mentors.iter().map(|p| member(p, Role::Mentor));
        let members = members.chain(participants.iter().map(|p| member(p, Role::Participant))).collect();
        let group = Group {
            id: id.clone(),
            program_id: ProgramId::new("pr1"),
            number,
            name: format!("Group {number}"),
            state: GroupState::Open,
            lead: Lead::Mentor,
            mode: "mentor".to_owned(),
            cadence: String::new(),
            created_at: at,
            closed_at: None,
            purpose: String::new(),
        };
        (group, members)
    }

    #[test]
    fn who_moves_comes_from_somewhere_and_who_has_no_other_place_is_found() {
        let before = [group(1, &["anselm"], &["clara"]), group(4, &["dalia"], &["gideon", "ivo", "piet"])];
        let after = [group(4, &["gideon"], &["ivo", "clara"]), group(5, &["dalia"], &["gideon"])];
        let shifts = Shifts::between(&before, &planned(&after), 2);
        assert_eq!(shifts.ending(), ["Group 1"]);
        let clara = shifts.origin("clara", Role::Participant, 4).expect("she moves");
        assert_eq!((clara.from.number, clara.why, clara.stays), (1, Why::TooFew, false));
        let gideon = shifts.origin("gideon", Role::Participant, 5).expect("he moves");
        assert!(gideon.stays, "he mentors the group that he was in");
        assert!(shifts.origin("gideon", Role::Mentor, 4).is_none(), "that is a first place");
        let lost: Vec<_> = shifts.lost().map(|shift| (shift.person.as_str(), shift.why)).collect();
        assert_eq!(lost, [("anselm", Why::TooFew), ("piet", Why::Rules)]);
        assert_eq!(
            shifts.lost().count() + 3,
            shifts.places.len(),
            "Dalia, Clara and Gideon have another place"
        );
    }

    #[test]
    fn a_group_without_a_mentor_ends_for_that_reason() {
        let before = [group(1, &[], &["ada", "ben"]), group(2, &["cy"], &["dev", "eva"])];
        let shifts = Shifts::between(&before, &planned(&[]), 2);
        let why: Vec<_> = shifts.lost().map(|shift| shift.why).collect();
        assert_eq!(why, [Why::NoMentor, Why::NoMentor, Why::Rules, Why::Rules, Why::Rules]);
    }
}

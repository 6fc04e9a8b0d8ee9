//! Every criterion on people made for it.
//!
//! Invariant: each test fails when its criterion measures something else.

use super::super::problem::{Person, Problem};
use super::super::rules::Weights;
use super::super::team::Team;
use super::*;
use crate::domain::week::WeekMask;

fn person(id: &str, set: impl FnOnce(&mut Person)) -> Person {
    let mut person = Person { id: id.into(), week: WeekMask::ALL, ..Person::default() };
    set(&mut person);
    person
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

/// Measures of the group that the first person leads for the others.
fn marks(people: Vec<Person>, met: bool) -> Measures {
    let met = if met { vec![("a".into(), "b".into())] } else { Vec::new() };
    let problem = Problem { people, met, ..Problem::default() };
    let pool = Pool::new(&problem);
    let team = Team { participants: pool.everybody().skip(1).collect(), ..Team::led_by(vec![0]) };
    measure(&pool, &team.mentors, &team.participants, &team.slots(&pool))
}

fn mark(marks: &Measures, criterion: Criterion) -> i64 {
    marks[criterion as usize]
}

#[test]
fn every_criterion_counts_what_it_says() {
    let people = vec![
        person("a", |p| {
            (p.offers, p.level, p.industry) = (texts(&["x", "y"]), 5, "bank".into());
            (p.interests, p.week) = (texts(&["tea", "go"]), WeekMask::from_hours(0..3));
        }),
        person("b", |p| {
            (p.needs, p.level, p.industry) = (texts(&["X", "z"]), 3, "bank".into());
            (p.interests, p.department) = (texts(&["go", "tea", "ski"]), "sales".into());
        }),
        person("c", |p| {
            (p.needs, p.level, p.industry) = (texts(&["y"]), 5, "steel".into());
            (p.interests, p.department) = (texts(&["tea"]), "Sales ".into());
        }),
    ];
    let found = marks(people, true);
    let expected = [
        (Criterion::Needs, 7_500),
        (Criterion::Interests, 6_666),
        (Criterion::Hours, 6_000),
        (Criterion::MentorIndustry, 5_000),
        (Criterion::Industry, 10_000),
        (Criterion::Units, 10_000),
        (Criterion::Levels, 6_000),
        (Criterion::Size, 0),
        (Criterion::NewFaces, 5_000),
        (Criterion::Spread, 10_000),
        (Criterion::Departments, 0),
        (Criterion::Regions, NEUTRAL),
    ];
    for (criterion, value) in expected {
        assert_eq!(mark(&found, criterion), value, "{criterion:?}");
    }
}

#[test]
fn an_unknown_pool_is_neutral() {
    let marks = marks(vec![person("a", |_| ()), person("b", |_| ()), person("c", |_| ())], false);
    for criterion in [
        Criterion::Needs,
        Criterion::Interests,
        Criterion::MentorIndustry,
        Criterion::Industry,
        Criterion::Levels,
        Criterion::Goals,
        Criterion::Spread,
        Criterion::Departments,
        Criterion::Regions,
    ] {
        assert_eq!(mark(&marks, criterion), NEUTRAL, "{criterion:?}");
    }
    assert_eq!(mark(&marks, Criterion::Wishes), FULL_SCORE, "nobody has a wish that is missed");
    assert_eq!(mark(&marks, Criterion::Fairness), FULL_SCORE);
}

#[test]
fn wishes_count_by_their_place_and_vetoes_against() {
    let wished = |wishes: &[&str], vetoes: &[&str]| {
        let one = person("b", |p| (p.wishes, p.vetoes) = (texts(wishes), texts(vetoes)));
        let found = marks(vec![person("a", |_| ()), one, person("c", |_| ())], false);
        mark(&found, Criterion::Wishes)
    };
    assert_eq!(wished(&["a"], &[]), 10_000);
    assert_eq!(wished(&["x", "c"], &[]), 6_000);
    assert_eq!(wished(&["a"], &["c"]), 10_000, "no figure tells of a veto");
    assert_eq!(wished(&[], &["x"]), 10_000, "who is not here troubles nobody");
}

#[test]
fn wishes_touch_only_their_own_group_and_a_veto_weighs_most() {
    let found = |wishes: &[&str], vetoes: &[&str]| {
        let mut people: Vec<Person> = ["a", "b", "c", "m", "x", "y"].map(|id| person(id, |_| ())).into();
        (people[1].wishes, people[1].vetoes) = (texts(wishes), texts(vetoes));
        let problem = Problem { people, ..Problem::default() };
        let pool = Pool::new(&problem);
        let of = |mentor: Who| {
            let team = Team { participants: vec![mentor + 1, mentor + 2], ..Team::led_by(vec![mentor]) };
            score(&pool, &team.mentors, &team.participants, &team.slots(&pool))
        };
        (of(0), of(3))
    };
    let plain = found(&[], &[]);
    assert_eq!(found(&[], &["x"]), plain, "a veto that is kept changes nothing");
    let (wished, vetoed) = (found(&["a"], &[]), found(&[], &["a"]));
    assert_eq!((wished.1, vetoed.1), (plain.1, plain.1), "other groups are as they were");
    assert!(wished.0 > plain.0, "{wished:?} {plain:?}");
    assert!(plain.0 - vetoed.0 > wished.0 - plain.0, "{vetoed:?} {plain:?} {wished:?}");
}

#[test]
fn a_coach_is_for_those_who_asked_and_an_office_for_the_others() {
    let found = |in_office, coach| {
        let years = if in_office { 10 } else { 0 };
        let mentor =
            person("a", |p| (p.in_office, p.office_years, p.verified_coach) = (in_office, years, coach));
        let people = vec![mentor, person("b", |p| p.wants_coach = true), person("c", |_| ())];
        mark(&marks(people, false), Criterion::Credentials)
    };
    assert_eq!((found(true, true), found(true, false), found(false, true)), (10_000, 5_000, 5_000));
    assert_eq!(found(false, false), 0);
}

#[test]
fn who_is_new_to_an_industry_fits_with_a_mentor_from_there() {
    let found = |new_to: &str, wish| {
        let mentor = person("a", |p| p.industry = "health".into());
        let new = person("b", |p| (p.industry, p.new_to_industry) = ("steel".into(), new_to.into()));
        let rules = Rules { mentor_industry: wish, ..Rules::default() };
        let problem = Problem { people: vec![mentor, new], rules, ..Problem::default() };
        let pool = Pool::new(&problem);
        mentor_industry(&pool, &[0], (pool.at(1).industry, pool.at(1).new_to))
    };
    assert_eq!([found("", IndustryWish::Mixed), found("", IndustryWish::Same)], [10_000, 0]);
    for wish in [IndustryWish::Mixed, IndustryWish::Same] {
        assert_eq!([found("Health", wish), found("retail", wish)], [10_000, 0], "{wish:?}");
    }
    assert_eq!(found("health", IndustryWish::Ignore), NEUTRAL, "what staff leave out of account stays out");
}

#[test]
fn who_is_in_office_comes_before_who_was_and_ten_years_are_enough() {
    let found = |in_office, years| {
        let mentor = person("a", |p| (p.in_office, p.office_years) = (in_office, years));
        mark(&marks(vec![mentor, person("b", |_| ()), person("c", |_| ())], false), Criterion::Credentials)
    };
    assert_eq!(
        [found(true, 0), found(true, 4), found(true, 10), found(true, 40)],
        [7_000, 8_200, 10_000, 10_000]
    );
    assert_eq!([found(false, 0), found(false, 4), found(false, 40)], [0, 1_200, 3_000]);
}

#[test]
fn goals_regions_load_and_fairness_are_measured() {
    let good = WeekMask::from_hours(9..17);
    let people = |busy: u8, week| {
        vec![
            person("a", |p| (p.leads_elsewhere, p.week) = (busy, week)),
            person("b", |p| (p.goals, p.region) = (texts(&["board seat"]), "north".into())),
            person("c", |p| {
                (p.goals, p.region) = (texts(&["Board seat", "talks"]), "south".into());
                (p.bad_hour_before, p.good_hours) = (true, good);
            }),
        ]
    };
    let kind = marks(people(0, good), false);
    let harsh = marks(people(3, WeekMask::from_hours([3])), false);
    assert_eq!((mark(&kind, Criterion::Goals), mark(&kind, Criterion::Regions)), (5_000, 10_000));
    assert_eq!((mark(&kind, Criterion::Load), mark(&harsh, Criterion::Load)), (10_000, 2_500));
    assert_eq!((mark(&kind, Criterion::Fairness), mark(&harsh, Criterion::Fairness)), (10_000, 6_667));
}

#[test]
fn shares_add_up_and_leave_out_what_nobody_said() {
    let rules = Rules::default();
    let all = Scale::new(&rules, |_| true);
    let few = Scale::new(&rules, |criterion| criterion != Criterion::Wishes);
    for scale in [&all, &few] {
        let others = Criterion::ALL.into_iter().filter(|criterion| *criterion != Criterion::Wishes);
        assert_eq!(others.map(|criterion| scale.of(criterion)).sum::<i64>(), WHOLE, "wishes come on top");
    }
    assert_eq!(few.of(Criterion::Wishes), 0);
    assert!(all.of(Criterion::Wishes) > 0);
}

#[test]
fn without_weights_the_score_is_zero() {
    let weights = Weights {
        needs: 0,
        interests: 0,
        hours: 0,
        mentor_industry: 0,
        industry: 0,
        units: 0,
        levels: 0,
        size: 0,
        new_faces: 0,
        goals: 0,
        wishes: 0,
        credentials: 0,
        spread: 0,
        departments: 0,
        regions: 0,
        load: 0,
        fairness: 0,
    };
    let people = vec![person("a", |_| ()), person("b", |_| ())];
    let problem = Problem { people, rules: Rules { weights, ..Rules::default() }, ..Problem::default() };
    let pool = Pool::new(&problem);
    let team = Team { participants: vec![1], ..Team::led_by(vec![0]) };
    assert_eq!(score(&pool, &team.mentors, &team.participants, &team.slots(&pool)), 0);
}

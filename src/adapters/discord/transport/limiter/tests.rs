//! The limiter against a model of Discord that counts strictly: windows begin with their first call, the whole bot has
//! fifty a second, and answers take their time both ways.
#![allow(clippy::unchecked_time_subtraction)] // The times are chosen so that none ends below zero.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use proptest::prelude::*;

use super::super::answer::Standing;
use super::*;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn post(channel: usize) -> Lane {
    Lane::new("POST", &format!("/api/v10/channels/{channel}/messages"))
}

fn ok(bucket: &str, limit: u32, remaining: u32, reset_after: Duration) -> Told {
    let standing = Standing { bucket: bucket.into(), limit, remaining, reset_after };
    Told { status: 200, standing: Some(standing), refused: None }
}

fn refused(scope: Scope, pause: Duration) -> Told {
    Told { status: 429, standing: None, refused: Some((scope, pause)) }
}

fn quick() -> Limiter {
    Limiter::new(Rates { per_second: 100_000, replies_per_second: 1 })
}

fn go(limiter: &mut Limiter, now: Duration, lane: &Lane, urgency: Urgency, ticket: u64) -> Permit {
    let mut caller = Caller::new(urgency, ticket, now);
    match limiter.ask(now, lane, &mut caller) {
        Verdict::Go(at, permit) if at <= now + ms(1) => permit,
        other => panic!("{other:?}"),
    }
}

fn ask(limiter: &mut Limiter, now: Duration, lane: &Lane, urgency: Urgency, ticket: u64) -> Verdict {
    limiter.ask(now, lane, &mut Caller::new(urgency, ticket, now))
}

/// What Discord would do.
struct Strict {
    limit: u32,
    period: Duration,
    latency: Vec<u64>,
    windows: HashMap<usize, (Duration, u32)>,
    second: VecDeque<Duration>,
    refusals: usize,
    served: usize,
    hops: usize,
}

impl Strict {
    fn hop(&mut self) -> Duration {
        self.hops += 1;
        ms(self.latency[self.hops % self.latency.len()])
    }

    fn serve(&mut self, now: Duration, channel: usize) -> Told {
        while self.second.front().is_some_and(|at| *at + ms(1_000) <= now) {
            self.second.pop_front();
        }
        if self.second.len() >= 50 {
            self.refusals += 1;
            return refused(Scope::Global, self.second[0] + ms(1_000) - now);
        }
        let (begun, used) = self.windows.entry(channel).or_insert((now, 0));
        if now >= *begun + self.period {
            (*begun, *used) = (now, 0);
        }
        let left = *begun + self.period - now;
        if *used >= self.limit {
            self.refusals += 1;
            let mut told = ok("b", self.limit, 0, left);
            (told.status, told.refused) = (429, Some((Scope::Bucket, left)));
            return told;
        }
        *used += 1;
        self.second.push_back(now);
        self.served += 1;
        ok("b", self.limit, self.limit - *used, left)
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Ask(usize),
    Depart(usize),
    Arrive(usize),
    Answer(usize),
}

/// Sends `messages` to each of `channels` and says when the last one was served.
fn run(strict: &mut Strict, rates: Rates, channels: usize, messages: usize, at_once: usize) -> Duration {
    let mut limiter = Limiter::new(rates);
    let jobs: Vec<usize> = (0..channels * messages).map(|n| n % channels).collect();
    let mut callers: Vec<Caller> = Vec::new();
    let mut events = BinaryHeap::new();
    let (mut permits, mut answers) = (HashMap::new(), HashMap::new());
    // An answer wakes those who wait for the same channel.
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); channels];
    for job in 0..jobs.len() {
        callers.push(Caller::new(Urgency::Bulk, job as u64, Duration::ZERO));
    }
    let mut next = at_once.min(jobs.len());
    for job in 0..next {
        events.push(Reverse((Duration::ZERO, Event::Ask(job))));
    }
    let mut last = Duration::ZERO;
    while let Some(Reverse((now, event))) = events.pop() {
        match event {
            Event::Ask(job) => {
                waiting[jobs[job]].retain(|other| *other != job);
                if permits.contains_key(&job) || answers.contains_key(&job) || callers[job].since > now {
                    continue;
                }
                match limiter.ask(now, &post(jobs[job]), &mut callers[job]) {
                    Verdict::Go(at, permit) => {
                        permits.insert(job, permit);
                        events.push(Reverse((at, Event::Depart(job))));
                    }
                    Verdict::Wait(at) => {
                        waiting[jobs[job]].push(job);
                        events.push(Reverse((at, Event::Ask(job))));
                    }
                    Verdict::Later(at) => {
                        callers[job] = Caller::new(Urgency::Bulk, job as u64, at);
                        events.push(Reverse((at, Event::Ask(job))));
                    }
                }
            }
            Event::Depart(job) => {
                let permit = permits.get_mut(&job).unwrap();
                let held = limiter.held_until(&post(jobs[job]));
                let (at, event) = if held > now {
                    limiter.give_back(&permits.remove(&job).unwrap());
                    callers[job] = Caller::new(Urgency::Bulk, job as u64, held);
                    (held, Event::Ask(job))
                } else {
                    match limiter.depart(now, permit) {
                        Ok(()) => (now + strict.hop(), Event::Arrive(job)),
                        Err(again) => (again, Event::Depart(job)),
                    }
                };
                events.push(Reverse((at, event)));
            }
            Event::Arrive(job) => {
                answers.insert(job, strict.serve(now, jobs[job]));
                events.push(Reverse((now + strict.hop(), Event::Answer(job))));
            }
            Event::Answer(job) => {
                let (told, permit) = (answers.remove(&job).unwrap(), permits.remove(&job).unwrap());
                if let Some(wait) = limiter.answered(now, &post(jobs[job]), &permit, &told) {
                    callers[job] = Caller::new(Urgency::Bulk, job as u64, now + wait);
                    events.push(Reverse((now + wait, Event::Ask(job))));
                } else {
                    last = last.max(now);
                    answers.insert(job, told);
                    if next < jobs.len() {
                        callers[next] = Caller::new(Urgency::Bulk, next as u64, now);
                        events.push(Reverse((now, Event::Ask(next))));
                        next += 1;
                    }
                }
                for other in waiting[jobs[job]].drain(..) {
                    events.push(Reverse((now, Event::Ask(other))));
                }
            }
        }
    }
    assert_eq!(strict.served, jobs.len(), "every message is served once");
    last
}

fn strict(limit: u32, period: Duration, latency: &[u64]) -> Strict {
    let (windows, second) = (HashMap::new(), VecDeque::new());
    Strict { limit, period, latency: latency.to_vec(), windows, second, refusals: 0, served: 0, hops: 0 }
}

#[test]
fn a_burst_into_one_channel_uses_every_window_and_is_never_refused() {
    let mut server = strict(5, ms(5_000), &[4, 9, 2, 30]);
    let took = run(&mut server, Rates::PUBLISHED, 1, 100, 64);
    assert_eq!(server.refusals, 0);
    // Nineteen windows have to end before the last five can go.
    assert!(took < ms(19 * 5_000 * 100 / 95), "{took:?}");
}

#[test]
fn many_channels_come_near_to_what_the_whole_bot_may_and_are_hardly_refused() {
    let mut server = strict(5, ms(5_000), &[5, 8, 3, 11, 6]);
    let took = run(&mut server, Rates::PUBLISHED, 100, 50, 200);
    assert_eq!(server.refusals, 0);
    // Five thousand at fifty a second are a hundred seconds.
    assert!(took < ms(100_000 * 100 / 95), "{took:?}");
}

#[test]
fn few_channels_use_every_window_however_many_come_at_once() {
    for at_once in [200, 1_000] {
        let mut server = strict(5, ms(5_000), &[5, 8, 3, 11, 6]);
        let took = run(&mut server, Rates::PUBLISHED, 40, 25, at_once);
        assert_eq!(server.refusals, 0, "{at_once} at once");
        // Four windows have to end, and then fifty a second take four seconds for the last two hundred.
        assert!(took < ms(24_000 * 100 / 97), "{took:?} for {at_once} at once");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn however_late_answers_come_no_second_holds_more_than_discord_allows(
        latency in prop::collection::vec(1_u64..400, 1..40),
        base in 1_u64..200,
    ) {
        let latency: Vec<u64> = latency.iter().map(|more| base + more * more / 400).collect();
        let mut server = strict(1_000, ms(1_000), &latency);
        run(&mut server, Rates::PUBLISHED, 20, 20, 300);
        prop_assert_eq!(server.refusals, 0);
    }

    #[test]
    fn no_window_and_no_delay_makes_it_refused_often(
        limit in 1_u32..8,
        period in 500_u64..4_000,
        latency in prop::collection::vec(1_u64..120, 3..20),
        channels in 1_usize..12,
        at_once in 1_usize..64,
    ) {
        let mut server = strict(limit, ms(period), &latency);
        let took = run(&mut server, Rates::PUBLISHED, channels, 24, at_once);
        // A call that takes longer than the margin may fall into the window before.
        prop_assert!(server.refusals <= 2 + channels, "{} refusals", server.refusals);
        let windows = u64::from(24_u32.div_ceil(limit));
        let ideal = windows * (period + 400) + 24 * channels as u64 * 1_000 / 40 + 5_000;
        let slow = if at_once < channels { channels as u64 } else { 1 };
        prop_assert!(took < ms(ideal * slow * 2), "{took:?} for {ideal}");
    }
}

#[test]
fn what_one_channel_taught_holds_for_another_and_each_has_its_own_window() {
    let mut limiter = quick();
    let permit = go(&mut limiter, ms(0), &post(1), Urgency::Bulk, 0);
    assert!(matches!(ask(&mut limiter, ms(1), &post(1), Urgency::Bulk, 1), Verdict::Wait(_)));
    assert_eq!(limiter.answered(ms(50), &post(1), &permit, &ok("b", 3, 2, ms(5_000))), None);
    for ticket in 0..3 {
        go(&mut limiter, ms(60), &post(2), Urgency::Bulk, ticket);
    }
    assert!(matches!(ask(&mut limiter, ms(61), &post(2), Urgency::Ordinary, 9), Verdict::Later(_)));
    go(&mut limiter, ms(62), &post(1), Urgency::Bulk, 5);
}

#[test]
fn two_routes_with_one_bucket_share_it() {
    let mut limiter = quick();
    let edit = Lane::new("PATCH", "/api/v10/channels/1/messages/7");
    let permit = go(&mut limiter, ms(0), &post(1), Urgency::Bulk, 0);
    limiter.answered(ms(10), &post(1), &permit, &ok("shared", 2, 1, ms(4_000)));
    let permit = go(&mut limiter, ms(20), &edit, Urgency::Bulk, 1);
    limiter.answered(ms(30), &edit, &permit, &ok("shared", 2, 0, ms(3_980)));
    assert!(matches!(ask(&mut limiter, ms(40), &post(1), Urgency::Ordinary, 2), Verdict::Later(_)));
    assert!(matches!(ask(&mut limiter, ms(40), &edit, Urgency::Ordinary, 3), Verdict::Later(_)));
}

#[test]
fn a_global_refusal_stops_every_route_but_answers_to_interactions() {
    let mut limiter = quick();
    let permit = go(&mut limiter, ms(0), &post(1), Urgency::Bulk, 0);
    let wait = limiter.answered(ms(10), &post(1), &permit, &refused(Scope::Global, ms(9_000)));
    assert_eq!(wait, Some(ms(9_000) + PAUSE_MARGIN));
    for lane in [post(1), post(2), Lane::new("GET", "/api/v10/guilds/1")] {
        let Verdict::Later(at) = ask(&mut limiter, ms(20), &lane, Urgency::Reply, 1) else {
            panic!("{lane:?} goes in spite of the pause")
        };
        assert!(at >= ms(9_010), "{at:?}");
    }
    go(&mut limiter, ms(20), &Lane::new("POST", "/api/v10/interactions/1/t/callback"), Urgency::Reply, 1);
    let permit = go(&mut limiter, ms(9_100), &post(3), Urgency::Bulk, 2);
    // From before Discord nothing at all is heard, so nothing goes.
    limiter.answered(ms(9_110), &post(3), &permit, &refused(Scope::Everything, ms(30_000)));
    let answer = Lane::new("PATCH", "/api/v10/webhooks/1/t/messages/@original");
    assert!(matches!(ask(&mut limiter, ms(9_200), &answer, Urgency::Reply, 3), Verdict::Later(_)));
}

#[test]
fn a_refusal_of_one_bucket_stops_that_one_only_even_before_it_has_a_name() {
    let mut limiter = quick();
    let permit = go(&mut limiter, ms(0), &post(1), Urgency::Bulk, 0);
    limiter.answered(ms(10), &post(1), &permit, &refused(Scope::Shared, ms(4_000)));
    let Verdict::Later(at) = ask(&mut limiter, ms(20), &post(1), Urgency::Ordinary, 0) else {
        panic!("it waits")
    };
    assert!((ms(4_010)..ms(4_200)).contains(&at), "{at:?}");
    go(&mut limiter, ms(20), &post(2), Urgency::Bulk, 1);
    go(&mut limiter, at, &post(1), Urgency::Bulk, 0);
}

#[test]
fn who_looks_at_a_screen_goes_before_those_who_wait_and_bulk_keeps_its_order() {
    let mut limiter = quick();
    let permit = go(&mut limiter, ms(0), &post(1), Urgency::Bulk, 0);
    let mut bulk = Caller::new(Urgency::Bulk, 1, ms(1));
    let mut later = Caller::new(Urgency::Bulk, 2, ms(2));
    let mut reply = Caller::new(Urgency::Reply, 3, ms(3));
    for caller in [&mut bulk, &mut later, &mut reply] {
        assert!(matches!(limiter.ask(ms(3), &post(1), caller), Verdict::Wait(_)));
    }
    limiter.answered(ms(40), &post(1), &permit, &ok("b", 2, 1, ms(1_000)));
    assert!(matches!(limiter.ask(ms(41), &post(1), &mut later), Verdict::Wait(_)));
    assert!(matches!(limiter.ask(ms(41), &post(1), &mut bulk), Verdict::Wait(_)));
    assert!(matches!(limiter.ask(ms(41), &post(1), &mut reply), Verdict::Go(..)));
    let after = ms(1_100);
    assert!(matches!(limiter.ask(after, &post(1), &mut bulk), Verdict::Go(..)));
}

#[test]
fn who_is_sent_away_gets_places_apart_and_nobody_slips_in_before_them() {
    let mut limiter = quick();
    let permit = go(&mut limiter, ms(0), &post(1), Urgency::Bulk, 0);
    limiter.answered(ms(1), &post(1), &permit, &ok("b", 1, 0, ms(9_000)));
    let place = |verdict| match verdict {
        Verdict::Later(at) => at,
        other => panic!("{other:?}"),
    };
    let first = place(ask(&mut limiter, ms(10), &post(1), Urgency::Bulk, 1));
    let second = place(ask(&mut limiter, ms(11), &post(1), Urgency::Bulk, 2));
    assert_eq!(second - first, ms(9_000));
    assert_eq!(
        place(ask(&mut limiter, ms(12), &post(1), Urgency::Bulk, 1)),
        first,
        "asking again costs nothing"
    );
    let newcomer = place(ask(&mut limiter, ms(9_100), &post(1), Urgency::Bulk, 3));
    assert!(newcomer > second, "{newcomer:?}");
    go(&mut limiter, ms(9_110), &post(1), Urgency::Bulk, 1);
}

#[test]
fn as_many_are_told_to_come_for_a_window_as_it_has_room_for() {
    let mut limiter = quick();
    let permit = go(&mut limiter, ms(0), &post(1), Urgency::Bulk, 0);
    limiter.answered(ms(1), &post(1), &permit, &ok("b", 2, 0, ms(9_000)));
    let told = |verdict| match verdict {
        Verdict::Later(at) => at,
        other => panic!("{other:?}"),
    };
    let places: Vec<Duration> =
        (1..6).map(|ticket| told(ask(&mut limiter, ms(10), &post(1), Urgency::Bulk, ticket))).collect();
    let windows: Vec<Duration> = places.iter().map(|place| *place - places[0]).collect();
    assert_eq!(windows, [ms(0), ms(0), ms(9_000), ms(9_000), ms(18_000)]);
    for ticket in [1, 2] {
        go(&mut limiter, places[0], &post(1), Urgency::Bulk, ticket);
    }
}

#[test]
fn a_message_waits_its_turn_through_a_window_and_the_first_to_come_is_the_first_to_go() {
    let mut limiter = quick();
    let permit = go(&mut limiter, ms(0), &post(1), Urgency::Bulk, 0);
    limiter.answered(ms(1), &post(1), &permit, &ok("b", 2, 0, ms(5_000)));
    let mut callers: Vec<Caller> = (1..4).map(|n| Caller::new(Urgency::Bulk, n, ms(n))).collect();
    let asked: Vec<Verdict> = callers.iter_mut().map(|c| limiter.ask(ms(10), &post(1), c)).collect();
    let Verdict::Wait(reset) = asked[0] else { panic!("{asked:?}") };
    assert!((ms(5_000)..ms(5_100)).contains(&reset), "{reset:?}");
    assert_eq!(asked[1], Verdict::Wait(reset), "the window has room for two");
    assert!(matches!(asked[2], Verdict::Later(_)), "{asked:?}");
    for caller in callers[..2].iter_mut().rev() {
        assert!(matches!(limiter.ask(reset, &post(1), caller), Verdict::Go(..)));
    }
}

#[test]
fn who_looks_at_a_screen_is_not_kept_by_all_who_wait_for_the_pace_of_the_bot() {
    let mut limiter = Limiter::new(Rates { per_second: 10, replies_per_second: 1 });
    let mut bulk: Vec<Caller> = (0..40).map(|n| Caller::new(Urgency::Bulk, n, ms(0))).collect();
    for (n, caller) in bulk.iter_mut().enumerate() {
        limiter.ask(ms(0), &post(n), caller);
    }
    for n in 0..3 {
        let mut reply = Caller::new(Urgency::Reply, 99, ms(1));
        match limiter.ask(ms(1), &post(100 + n), &mut reply) {
            Verdict::Go(at, _) | Verdict::Wait(at) => assert!(at <= ms(700), "{at:?}"),
            Verdict::Later(at) => panic!("sent away until {at:?}"),
        }
    }
}

#[test]
fn routes_without_a_bucket_are_not_held_up_and_what_is_idle_is_forgotten() {
    let mut limiter = quick();
    let gateway = Lane::new("GET", "/api/v10/gateway/bot");
    let permit = go(&mut limiter, ms(0), &gateway, Urgency::Ordinary, 0);
    limiter.answered(ms(5), &gateway, &permit, &Told { status: 200, ..Told::default() });
    for ticket in 0..20 {
        go(&mut limiter, ms(10), &gateway, Urgency::Ordinary, ticket);
    }
    for n in 0..1_000 {
        let lane = Lane::new("PATCH", &format!("/api/v10/webhooks/1/token{n}/messages/@original"));
        let permit = go(&mut limiter, ms(20), &lane, Urgency::Reply, n);
        limiter.answered(ms(30), &lane, &permit, &ok("w", 5, 4, ms(1_000)));
    }
    assert_eq!(limiter.size(), (1_000, 1_000));
    go(&mut limiter, Duration::from_hours(1), &gateway, Urgency::Ordinary, 0);
    assert_eq!(limiter.size(), (0, 0));
}

#[test]
fn an_answer_that_never_comes_does_not_close_the_bucket() {
    let mut limiter = quick();
    for n in 0..10 {
        let permit = go(&mut limiter, ms(n), &post(1), Urgency::Ordinary, n);
        assert!(matches!(ask(&mut limiter, ms(n), &post(1), Urgency::Ordinary, 99), Verdict::Wait(_)));
        limiter.lost(ms(n), &post(1), &permit);
        limiter
            .leave(&post(1), &Caller { seat: Some(2 * n + 2), ..Caller::new(Urgency::Ordinary, 99, ms(n)) });
    }
}

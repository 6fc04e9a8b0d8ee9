//! The chat platforms of a running program. Invariant: a platform that this build was made without is refused with a
//! clear word when the config asks for it, never left out in silence.

#[cfg(feature = "slack")]
pub(super) use with_slack::{RunningSlack, SLACK, check_slack, slack};
#[cfg(not(feature = "slack"))]
pub(super) use without_slack::{RunningSlack, SLACK, check_slack, slack};

#[cfg(feature = "slack")]
mod with_slack {
    use std::sync::Arc;

    use tokio::sync::{Mutex, watch};
    use tokio::task::JoinHandle;

    use crate::adapters::slack::inbound::Inbound;
    use crate::adapters::slack::transport::api::Reach;
    use crate::adapters::slack::{Slack, SlackFault, check};
    use crate::app::AppError;
    use crate::chat::Messenger;
    use crate::clock::{Clock, IdSource};
    use crate::config::{Config, SlackMode};
    use crate::core::Core;
    use crate::store::Store;

    pub(in crate::app) const SLACK: &str = crate::adapters::slack::PLATFORM;

    /// Slack, ready to be started.
    pub(in crate::app) struct ReadySlack {
        slack: Slack,
        sockets: bool,
    }

    /// Slack while it runs.
    pub(in crate::app) struct RunningSlack {
        inbound: Arc<Inbound>,
        sockets: bool,
        task: Mutex<Option<JoinHandle<Result<(), SlackFault>>>>,
    }

    /// Slack, when the config switches it on.
    pub(in crate::app) fn slack(
        config: &Config,
        store: &Store,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn IdSource>,
    ) -> Result<Option<ReadySlack>, AppError> {
        if !config.slack.is_on() {
            return Ok(None);
        }
        let seed =
            ids.random().bytes().fold(0_u64, |all, byte| all.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let reach = Reach { seed, ..Reach::default() };
        let slack = Slack::new(config.slack.clone(), reach, store.clone(), clock.clone(), ids.clone());
        let sockets = config.slack.mode == SlackMode::Socket;
        let ready = slack.map(|slack| Some(ReadySlack { slack, sockets }));
        ready.map_err(|fault| AppError::Platform(fault.to_string()))
    }

    impl ReadySlack {
        pub(in crate::app) fn messenger(&self) -> Arc<dyn Messenger> {
            self.slack.messenger()
        }

        pub(in crate::app) fn start(self, core: Arc<Core>, stop: watch::Receiver<bool>) -> RunningSlack {
            let Self { slack, sockets } = self;
            let inbound = slack.inbound(core.clone());
            let task = tokio::spawn({
                let inbound = inbound.clone();
                async move { slack.serve(core, inbound, stop).await }
            });
            RunningSlack { inbound, sockets, task: Mutex::new(Some(task)) }
        }
    }

    impl RunningSlack {
        /// Waits for its end; why it could not go on.
        pub(in crate::app) async fn ended(&self) -> Result<(), AppError> {
            let Some(task) = self.task.lock().await.take() else { return Ok(()) };
            match task.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(fault)) => Err(AppError::Platform(fault.to_string())),
                Err(error) => Err(AppError::Platform(format!("the Slack adapter ended by a fault: {error}"))),
            }
        }

        /// People's homes may look different now.
        pub(in crate::app) async fn something_was_sent(&self) {
            self.inbound.touch_homes().await;
        }

        /// Connections that should be up and that are, by name.
        pub(in crate::app) fn connections(&self) -> Vec<(String, usize, usize)> {
            let standing = self.inbound.standing();
            if self.sockets && standing.sockets.is_empty() {
                // None was opened yet: the program is not ready to hear anybody.
                return vec![("slack".to_owned(), 1, 0)];
            }
            let apps = standing.sockets.iter().enumerate();
            apps.map(|(n, socket)| (format!("slack-{}", n + 1), socket.wanted, socket.connected)).collect()
        }
    }

    /// What `roundtable check` says about Slack, and whether it is good.
    pub(in crate::app) async fn check_slack(config: &Config, store: &Store) -> (Vec<String>, bool) {
        let findings = check::check(&config.slack, store).await;
        let good = findings.iter().all(|finding| finding.verdict != check::Verdict::Fault);
        (findings.into_iter().map(|finding| finding.text).collect(), good)
    }
}

#[cfg(not(feature = "slack"))]
mod without_slack {
    use std::sync::Arc;

    use tokio::sync::watch;

    use crate::app::AppError;
    use crate::chat::Messenger;
    use crate::clock::{Clock, IdSource};
    use crate::config::Config;
    use crate::core::Core;
    use crate::store::Store;

    pub(in crate::app) const SLACK: &str = "slack";

    pub(in crate::app) enum ReadySlack {}
    pub(in crate::app) enum RunningSlack {}

    const MISSING: &str =
        "this program was built without Slack; build it with the feature slack, or set slack.mode = \"off\"";

    pub(in crate::app) fn slack(
        config: &Config,
        _store: &Store,
        _clock: &Arc<dyn Clock>,
        _ids: &Arc<dyn IdSource>,
    ) -> Result<Option<ReadySlack>, AppError> {
        if config.slack.is_on() { Err(AppError::Platform(MISSING.to_owned())) } else { Ok(None) }
    }

    impl ReadySlack {
        pub(in crate::app) fn messenger(&self) -> Arc<dyn Messenger> {
            match *self {}
        }

        pub(in crate::app) fn start(self, _core: Arc<Core>, _stop: watch::Receiver<bool>) -> RunningSlack {
            match self {}
        }
    }

    impl RunningSlack {
        #[allow(clippy::unused_async)] // As the real one.
        pub(in crate::app) async fn ended(&self) -> Result<(), AppError> {
            match *self {}
        }

        #[allow(clippy::unused_async)] // As the real one.
        pub(in crate::app) async fn something_was_sent(&self) {
            match *self {}
        }

        pub(in crate::app) fn connections(&self) -> Vec<(String, usize, usize)> {
            match *self {}
        }
    }

    #[allow(clippy::unused_async)] // As the real one.
    pub(in crate::app) async fn check_slack(config: &Config, _store: &Store) -> (Vec<String>, bool) {
        if config.slack.is_on() { (vec![MISSING.to_owned()], false) } else { (Vec::new(), true) }
    }
}

//! Where a platform's app is installed, with what it takes to speak there. The token is opaque here: it comes sealed
//! and leaves sealed, so a copy of the database opens no door.

use super::tx::{all, maybe, run};
use super::{StoreError, Tx};
use crate::domain::civil::Instant;
use crate::domain::words::Presence;

/// One installation in one workspace.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Install {
    /// `slack` or `discord`.
    pub platform: String,
    /// The platform's id of the workspace.
    pub workspace: String,
    /// Name of the workspace.
    pub name: String,
    /// The platform's id of the app.
    pub app_id: String,
    /// The bot's own account there.
    pub bot_account: String,
    /// The bot's token, sealed.
    pub token: String,
    /// What the app was permitted, comma-separated.
    pub scopes: String,
    /// Whether it still stands.
    pub state: Presence,
    /// When it was first installed.
    pub installed_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// Without the token, sealed or not.
impl std::fmt::Debug for Install {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown =
            (&self.platform, &self.workspace, &self.name, &self.app_id, &self.bot_account, &self.scopes);
        write!(f, "Install({shown:?}, {}, {:?}, {:?})", self.state, self.installed_at, self.updated_at)
    }
}

impl Tx {
    /// Keeps an installation. A later one of the same workspace replaces it and keeps its first instant.
    pub async fn mark_install(&mut self, i: &Install) -> Result<(), StoreError> {
        run!(
            self,
            "INSERT INTO installs (platform, workspace, name, app_id, bot_account, token, scopes, state, \
             installed_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (platform, workspace) DO UPDATE SET name = excluded.name, app_id = excluded.app_id, \
             bot_account = excluded.bot_account, token = excluded.token, scopes = excluded.scopes, \
             state = excluded.state, updated_at = excluded.updated_at",
            &i.platform,
            &i.workspace,
            &i.name,
            &i.app_id,
            &i.bot_account,
            &i.token,
            &i.scopes,
            i.state,
            i.installed_at,
            i.updated_at
        )?;
        Ok(())
    }

    /// The installation in a workspace, standing or gone.
    pub async fn find_install(
        &mut self,
        platform: &str,
        workspace: &str,
    ) -> Result<Option<Install>, StoreError> {
        maybe!(
            self,
            Install,
            "SELECT * FROM installs WHERE platform = $1 AND workspace = $2",
            platform,
            workspace
        )
    }

    /// The installations of a platform, standing and gone, by workspace.
    pub async fn list_installs(&mut self, platform: &str) -> Result<Vec<Install>, StoreError> {
        all!(self, Install, "SELECT * FROM installs WHERE platform = $1 ORDER BY workspace", platform)
    }

    /// Notes that an installation was taken away, and forgets its token, which opens nothing any more.
    pub async fn mark_install_gone(
        &mut self,
        platform: &str,
        workspace: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        run!(
            self,
            "UPDATE installs SET state = $3, token = '', updated_at = $4 WHERE platform = $1 AND workspace = $2",
            platform,
            workspace,
            Presence::Gone,
            now
        )?;
        Ok(())
    }
}

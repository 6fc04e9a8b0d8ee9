//! A real PostgreSQL for the tests, started from the machine's own programs: one cluster for a whole test run, on a
//! free port of this machine, and an own empty database for whoever asks. Invariant: the cluster and its files are
//! gone soon after the run, however the run ends; nothing that was not started here is ever stopped.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File};
use std::net::TcpListener;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, chown};
use std::os::unix::process::{CommandExt as _, parent_id};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// Runs until the test runner is gone, then stops the cluster and removes its folder.
const WATCHER: &str = r#"
while [ -d "/proc/$1" ] || kill -0 "$1" 2>/dev/null; do sleep 0.5; done
"$2" stop --pgdata="$3/data" --mode=immediate --silent
rm -rf "$3"
"#;

/// The address of a new, empty database; `None`, said loudly, on a machine without PostgreSQL's programs.
///
/// # Panics
/// When the programs are there and do not work, or are not there and `ROUNDTABLE_REQUIRE_ALL=1`.
pub fn database() -> Option<String> {
    static CLUSTER: OnceLock<Option<String>> = OnceLock::new();
    let Some(server) = CLUSTER.get_or_init(|| programs().map(|programs| share_cluster(&programs))) else {
        let missing = "PostgreSQL's initdb, pg_ctl and postgres are neither on PATH nor in the usual folders";
        let required = std::env::var_os("ROUNDTABLE_REQUIRE_ALL").is_some_and(|value| value == "1");
        assert!(!required, "postgres: {missing}");
        skipped(missing);
        return None;
    };
    let name = format!("test_{}", random());
    // The caller may be inside a runtime, in which one cannot wait for another.
    std::thread::scope(|scope| {
        scope.spawn(|| create(server, &name)).join().expect("the database is created");
    });
    Some(format!("{server}/{name}"))
}

#[allow(clippy::print_stderr)] // A part of the suite that does not run must be seen.
fn skipped(missing: &str) {
    eprintln!("SKIPPED postgres: {missing}");
}

fn create(server: &str, name: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut link =
            PgConnection::connect(&format!("{server}/postgres")).await.expect("the cluster answers");
        let sql = format!("CREATE DATABASE {name}");
        link.execute(AssertSqlSafe(sql)).await.expect("a database can be created");
        link.close().await.expect("the connection ends");
    });
}

fn random() -> String {
    let mut bytes = [0_u8; 12];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    format!("{:024x}", bytes.iter().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte)))
}

/// The folder with the server's programs: on PATH, or the newest where packages put them.
fn programs() -> Option<PathBuf> {
    let complete =
        |folder: &PathBuf| ["initdb", "pg_ctl", "postgres"].iter().all(|p| folder.join(p).is_file());
    let path = std::env::var_os("PATH").unwrap_or_default();
    if let Some(found) = std::env::split_paths(&path).find(complete) {
        return Some(found);
    }
    let mut packaged: Vec<(u32, PathBuf)> = ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"]
        .iter()
        .filter_map(|parent| fs::read_dir(parent).ok())
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.trim_start_matches("postgresql@").parse().ok()?;
            Some((version, path.join("bin"))).filter(|(_, folder)| complete(folder))
        })
        .collect();
    packaged.sort();
    packaged.pop().map(|(_, folder)| folder)
}

/// The address of the run's one cluster: the first who comes starts it, everybody else of the run reads it.
fn share_cluster(programs: &Path) -> String {
    // nextest gives every test a process of its own and names the run; plain `cargo test` has one process.
    let (run, runner) = match std::env::var_os("NEXTEST_RUN_ID") {
        Some(run) => (run.to_string_lossy().into_owned(), parent_id()),
        None => (format!("{}-{}", std::process::id(), random()), std::process::id()),
    };
    let folder = std::env::temp_dir().join(format!("roundtable-postgres-{run}"));
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.expect("the temporary folder can be written");
    let lock = File::create(folder.join("lock")).expect("the lock file can be made");
    lock.lock().expect("the lock can be taken");
    let address = folder.join("address");
    if let Ok(known) = fs::read_to_string(&address) {
        return known;
    }
    let started = start(programs, &folder, runner);
    fs::write(&address, &started).expect("the address can be kept");
    started
}

fn start(programs: &Path, folder: &Path, runner: u32) -> String {
    let password = random();
    let secret = folder.join("password");
    fs::write(&secret, &password).expect("the password can be kept");
    let owner = owner(folder);
    for path in [folder, &secret] {
        chown(path, Some(owner.0), Some(owner.1)).expect("the folder can be handed over");
    }
    // The lock stays this user's; whoever watches may remove it all the same, for the folder is theirs.
    let (data, log) = (folder.join("data"), folder.join("log"));
    let initdb = |order: &[&str]| {
        let mut command = as_owner(&programs.join("initdb"), owner, folder);
        command.arg("--pgdata").arg(&data).args(["--username=roundtable", "--auth=password", "--no-sync"]);
        command.arg("--pwfile").arg(&secret).args(["--encoding=UTF8", "--no-locale"]).args(order);
        said(command)
    };
    // Words sorted as people sort them are the harder case: SQLite sorts bytes.
    if initdb(&["--locale-provider=icu", "--icu-locale=en-US"]).is_err() {
        let _ = fs::remove_dir_all(&data);
        initdb(&[]).unwrap_or_else(|error| panic!("initdb failed: {error}"));
    }
    let mut problem = String::new();
    for _ in 0..5 {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.expect("a port is free").port();
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c shared_buffers=16MB \
             -c max_connections=300"
        );
        let mut command = as_owner(&programs.join("pg_ctl"), owner, folder);
        command.args(["start", "--wait", "--silent", "--options", &options]);
        command.arg("--pgdata").arg(&data).arg("--log").arg(&log);
        match said(command) {
            Ok(()) => {
                watch(programs, folder, owner, runner);
                return format!("postgres://roundtable:{password}@127.0.0.1:{port}");
            }
            // Somebody may have taken the port in between.
            Err(error) => problem = error + &fs::read_to_string(&log).unwrap_or_default(),
        }
    }
    panic!("PostgreSQL does not start: {problem}");
}

#[allow(clippy::zombie_processes)] // The watcher outlives this process; that is what it is for.
fn watch(programs: &Path, folder: &Path, owner: (u32, u32), runner: u32) {
    let mut command = as_owner(Path::new("/bin/sh"), owner, Path::new("/"));
    command.args(["-c", WATCHER, "roundtable-postgres-watcher"]).arg(runner.to_string());
    command.arg(programs.join("pg_ctl")).arg(folder);
    // A process group of its own: what ends the test process must not end the watcher.
    command.process_group(0).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the watcher starts");
}

/// Who runs the server: root may not, so root lends it to another user of the machine.
fn owner(folder: &Path) -> (u32, u32) {
    let mine = fs::metadata(folder).expect("the folder is there");
    if mine.uid() != 0 {
        return (mine.uid(), mine.gid());
    }
    let users = fs::read_to_string("/etc/passwd").expect("the list of users can be read");
    let ids = |name: &str| {
        let fields: Vec<&str> =
            users.lines().map(|l| l.split(':').collect::<Vec<_>>()).find(|l| l[0] == name)?;
        Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    ids("postgres").or_else(|| ids("nobody")).expect("the machine has a user postgres or nobody")
}

fn as_owner(program: &Path, owner: (u32, u32), folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).env("LC_ALL", OsStr::new("C"));
    if fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
        command.uid(owner.0).gid(owner.1);
    }
    command
}

/// Runs a command to its end; what it said when it failed.
fn said(mut command: Command) -> Result<(), String> {
    let done = command.output().map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr))
}

#[test]
fn every_caller_gets_an_empty_database_of_its_own() {
    let (Some(first), Some(second)) = (database(), database()) else { return };
    assert_ne!(first, second);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for address in [&first, &second] {
            let mut link = PgConnection::connect(address).await.expect("the database answers");
            link.execute("CREATE TABLE mine (n BIGINT NOT NULL)")
                .await
                .expect("no table of this name is there");
            let safe: (String,) =
                sqlx::query_as("SHOW fsync").fetch_one(&mut link).await.expect("the setting can be read");
            assert_eq!(safe.0, "on");
        }
    });
}

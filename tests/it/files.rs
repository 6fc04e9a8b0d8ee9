//! Bad database files and the end of the program, with the built program itself. Invariant: whatever is wrong, it
//! says so in a sentence, ends with a code that is not 0, does not panic, and leaves the data as they were.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

/// `nobody` on every system that matters; only used where the tests run as root, whom no permission stops.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    tempfile::tempfile().and_then(|file| file.metadata()).is_ok_and(|meta| meta.uid() == 0)
}

/// A folder that everybody may enter.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    allow(folder.path(), 0o755);
    folder
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the permissions can be set");
}

fn program(folder: &Path, database: &str, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roundtable"));
    command
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.env("DATABASE_URL", database).env_remove("DATABASE_URL_FILE").env_remove("RUST_BACKTRACE");
    command
}

fn migrate(folder: &Path, database: &Path) -> Output {
    program(folder, &database.to_string_lossy(), &["migrate"]).output().expect("the program starts")
}

/// A database with the demo council in it.
fn council(folder: &Path) -> PathBuf {
    let path = folder.join("council.db");
    let script = folder.join("script.txt");
    fs::write(&script, "demo\n").expect("the script can be written");
    let words = ["playground", "--script", "script.txt", "--database", "council.db"];
    let made = program(folder, "unused.db", &words).output().expect("the program starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    path
}

fn export(folder: &Path, database: &Path) -> String {
    let done =
        program(folder, &database.to_string_lossy(), &["export"]).output().expect("the program starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("JSON")
}

/// What it said when it refused.
#[track_caller]
fn refusal(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code().is_some_and(|code| code != 0 && code != 101), "{:?}: {said}", output.status);
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
    let sentence = said.lines().last().unwrap_or_default().to_owned();
    assert!(sentence.split_whitespace().count() >= 8, "one sentence that says what to do: {said:?}");
    // The engine's own codes are no words for people.
    assert!(!said.contains("(code:") && !said.contains("SqliteError"), "{said}");
    sentence
}

#[test]
fn a_file_that_is_no_database_is_refused_and_stays_as_it_is() {
    let folder = folder();
    let path = folder.path().join("notes.db");
    let text = "These are the notes of a meetup, and no database at all.\n".repeat(200);
    fs::write(&path, &text).expect("the file can be written");
    let said = refusal(&migrate(folder.path(), &path));
    assert!(said.contains("notes.db") && said.contains("restore it from a backup"), "{said}");
    assert_eq!(fs::read_to_string(&path).expect("text"), text);
}

#[test]
fn a_truncated_database_is_refused_and_stays_as_it_is() {
    let folder = folder();
    let path = council(folder.path());
    let whole = fs::read(&path).expect("the file is there");
    for length in [whole.len() / 2, 4_096 + 100, 50] {
        let part = &whole[..length];
        fs::write(&path, part).expect("the file can be cut");
        let said = refusal(&migrate(folder.path(), &path));
        assert!(said.contains("council.db") && said.contains("not a whole"), "{length} bytes: {said}");
        assert_eq!(fs::read(&path).expect("the file is there"), part, "{length} bytes");
        let _ = fs::remove_file(folder.path().join("council.db-wal"));
        let _ = fs::remove_file(folder.path().join("council.db-shm"));
    }
    fs::write(&path, &whole).expect("the backup can be restored");
    assert!(export(folder.path(), &path).contains("persons"));
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_stays_as_it_is() {
    let folder = folder();
    let path = council(folder.path());
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let pool = sqlx::SqlitePool::connect_with(options).await.expect("the file opens");
    let later = "INSERT INTO schema_history (number, name, digest) VALUES (77, '0077_later', 'x')";
    sqlx::query(later).execute(&pool).await.expect("a later step is noted");
    pool.close().await;
    let before = fs::read(&path).expect("the file is there");
    for words in
        [&["migrate"][..], &["run"], &["check"], &["export"], &["playground", "--listen", "127.0.0.1:0"]]
    {
        let done =
            program(folder.path(), &path.to_string_lossy(), words).output().expect("the program starts");
        let said = refusal(&done);
        assert!(said.contains("newer Roundtable") && said.contains("schema 77"), "{words:?}: {said}");
    }
    assert_eq!(fs::read(&path).expect("the file is there"), before);
}

#[test]
fn a_missing_folder_is_named() {
    let folder = folder();
    let said = refusal(&migrate(folder.path(), &folder.path().join("no/such/place.db")));
    assert!(said.contains("no/such/place.db") && said.contains("folder exists"), "{said}");
    assert!(!folder.path().join("no").exists());
    let said = refusal(&migrate(folder.path(), folder.path()));
    assert!(said.contains("cannot be opened"), "{said}");
}

/// The program's copy in the folder, so that a user who may not enter the build folder can start it.
fn as_nobody(folder: &Path, database: &Path) -> Output {
    let mut command = if is_root() {
        let copy = folder.join("roundtable");
        fs::copy(env!("CARGO_BIN_EXE_roundtable"), &copy).expect("the program can be copied");
        let mut command = Command::new(copy);
        command.uid(NOBODY).gid(NOBODY);
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_roundtable"))
    };
    command.arg("migrate").current_dir(folder).env("DATABASE_URL", database).env_remove("DATABASE_URL_FILE");
    command.output().expect("the program starts")
}

#[test]
fn a_read_only_file_is_named_and_stays_as_it_is() {
    let folder = folder();
    let place = folder.path().join("place");
    fs::create_dir(&place).expect("a folder");
    let path = place.join("council.db");
    fs::copy(council(folder.path()), &path).expect("the file can be copied");
    allow(&path, 0o444);
    if is_root() {
        chown(&place, Some(NOBODY), Some(NOBODY)).expect("the folder can be handed over");
    }
    let before = fs::read(&path).expect("the file is there");
    let said = refusal(&as_nobody(folder.path(), &path));
    assert!(said.contains("council.db") && said.contains("read-only"), "{said}");
    assert_eq!(fs::read(&path).expect("the file is there"), before);
}

#[test]
fn a_read_only_folder_is_named_and_its_file_stays_as_it_is() {
    let folder = folder();
    let place = folder.path().join("place");
    fs::create_dir(&place).expect("a folder");
    let path = place.join("council.db");
    fs::copy(council(folder.path()), &path).expect("the file can be copied");
    allow(&path, 0o666);
    if is_root() {
        chown(&path, Some(NOBODY), Some(NOBODY)).expect("the file can be handed over");
    }
    allow(&place, 0o555);
    let before = fs::read(&path).expect("the file is there");
    let old = refusal(&as_nobody(folder.path(), &path));
    let new = refusal(&as_nobody(folder.path(), &place.join("new.db")));
    allow(&place, 0o755);
    assert!(old.contains("council.db") && old.contains("folder"), "{old}");
    assert!(new.contains("new.db") && new.contains("folder"), "{new}");
    assert_eq!(fs::read(&path).expect("the file is there"), before);
}

/// A small file system of its own; only some users may have one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = folder();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(folder.path());
        let done = mount.stdout(Stdio::null()).stderr(Stdio::null()).status();
        done.is_ok_and(|status| status.success()).then(|| Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_is_named_and_what_was_kept_before_is_still_there() {
    let folder = folder();
    let made = council(folder.path());
    let demo = export(folder.path(), &made);
    let disk = SmallDisk::mount();
    let (output, path) = if let Some(disk) = &disk {
        let path = disk.0.path().join("council.db");
        fs::copy(&made, &path).expect("the file fits");
        // Nearly all that is left is taken, so that the next writes fill the disk.
        let _ = fs::write(disk.0.path().join("ballast"), vec![7_u8; 3 << 20]);
        let file = path.to_string_lossy().into_owned();
        (program(folder.path(), &file, &["migrate"]).output(), path)
    } else {
        // Without the right to mount: no file may grow, and the signal that says so is ignored.
        let path = folder.path().join("limited.db");
        fs::copy(&made, &path).expect("the file fits");
        let mut limited = Command::new("sh");
        limited.args([
            "-c",
            "trap '' XFSZ; ulimit -f 1; exec \"$0\" migrate",
            env!("CARGO_BIN_EXE_roundtable"),
        ]);
        limited.current_dir(folder.path()).env("DATABASE_URL", &path).env_remove("DATABASE_URL_FILE");
        (limited.output(), path)
    };
    let said = refusal(&output.expect("the program starts"));
    assert!(said.contains("disk is full") && said.contains("space"), "{said}");
    if let Some(disk) = &disk {
        fs::remove_file(disk.0.path().join("ballast")).expect("space is made");
    }
    assert_eq!(export(folder.path(), &path), demo);
}

/// The first line on this stream that contains the words; the rest is read on, so that the program never blocks.
fn wait_for(stream: impl std::io::Read + Send + 'static, words: &'static str) -> mpsc::Receiver<String> {
    let (say, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stream);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|n| n > 0) {
            if line.contains(words) {
                let _ = say.send(line.clone());
            }
            line.clear();
        }
    });
    heard
}

const PATIENCE: Duration = Duration::from_mins(1);

/// Asks a program to end and gives its exit code.
fn terminate(mut child: Child) -> Option<i32> {
    let asked = Command::new("kill").args(["-s", "TERM", &child.id().to_string()]).status();
    assert!(asked.is_ok_and(|status| status.success()), "the program can be asked to end");
    let id = child.id();
    let (say, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let _ = say.send(child.wait());
    });
    let Ok(ended) = heard.recv_timeout(PATIENCE) else {
        let _ = Command::new("kill").args(["-s", "KILL", &id.to_string()]).status();
        panic!("the program did not end");
    };
    ended.expect("the program was waited for").code()
}

#[test]
fn a_playground_that_is_asked_to_end_folds_everything_into_its_file() {
    let folder = folder();
    let path = council(folder.path());
    let before = export(folder.path(), &path);
    let words = ["playground", "--listen", "127.0.0.1:0"];
    let mut child =
        program(folder.path(), &path.to_string_lossy(), &words).spawn().expect("the program starts");
    let heard = wait_for(child.stdout.take().expect("a stream"), "http://127.0.0.1:");
    let line = heard.recv_timeout(PATIENCE).expect("the playground opens");
    // An open page keeps its stream; the end does not wait for it.
    let port = line.trim().rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).expect("a port");
    let mut page = std::net::TcpStream::connect(("127.0.0.1", port)).expect("the page answers");
    assert_eq!(terminate(child), Some(0));
    let mut rest = String::new();
    let _ = page.read_to_string(&mut rest);
    assert!(!folder.path().join("council.db-wal").exists(), "the log was folded into the file");
    assert_eq!(export(folder.path(), &path), before);
}

#[test]
fn a_bot_that_is_asked_to_end_ends_with_code_0() {
    let folder = folder();
    let path = council(folder.path());
    let mut child =
        program(folder.path(), &path.to_string_lossy(), &["run"]).spawn().expect("the program starts");
    let heard = wait_for(child.stderr.take().expect("a stream"), "Running on");
    heard.recv_timeout(PATIENCE).expect("the bot runs");
    assert_eq!(terminate(child), Some(0));
    assert!(!folder.path().join("council.db-wal").exists(), "the log was folded into the file");
}

//! A throw-away PostgreSQL for the whole test run: one cluster, one migrated template, and a copy of
//! it for each test. It listens only on a socket in its own folder, and is gone when the run ends,
//! also when the run is killed.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::parts;

const USER: &str = "tailormade";
const TEMPLATE: &str = "tailormade_template";
const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];

/// Nothing here outlives the run, so nothing is ever flushed to the disk.
const SETTINGS: &str = "
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 200
timezone = 'UTC'
log_timezone = 'UTC'
";

/// The running server of this test run.
pub struct Cluster {
    account: Account,
    programs: PathBuf,
    folder: PathBuf,
    template: OnceLock<Result<(), String>>,
    next_database: AtomicU64,
    /// Lives as long as this process; the pipe to it closes when the process ends, however it ends.
    _watchdog: Child,
}

/// One database of its own for one test; dropped with the value.
pub struct Database {
    cluster: &'static Cluster,
    name: String,
    /// What `TAILORMADE_DATABASE_URL` would hold.
    pub url: String,
}

impl Cluster {
    /// The cluster, started by the first caller; `None` where PostgreSQL is missing and not required.
    pub fn for_tests() -> Option<&'static Cluster> {
        parts::take("postgres", Self::get())
    }

    /// The cluster, started by the first caller, or why there is none.
    pub fn get() -> Result<&'static Cluster, String> {
        static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
        if !cfg!(feature = "postgres") {
            return Err("this build is without the cargo feature postgres".to_owned());
        }
        CLUSTER.get_or_init(Self::start).as_ref().map_err(Clone::clone)
    }

    fn start() -> Result<Cluster, String> {
        let programs = find_programs()?;
        let account = Account::for_server()?;
        let folder = make_folder(&account)?;
        let watchdog = watch(&account, &programs, &folder)?;
        let cluster = Cluster {
            account,
            programs,
            folder,
            template: OnceLock::new(),
            next_database: AtomicU64::new(1),
            _watchdog: watchdog,
        };
        cluster.initialise()?;
        cluster.launch()?;
        Ok(cluster)
    }

    fn initialise(&self) -> Result<(), String> {
        let mut initdb = self.program("initdb");
        initdb.args(["--auth=trust", "--no-sync", "--encoding=UTF8"]);
        // Sorts by code point as SQLite does, and still knows the letters of every language.
        initdb.arg("--locale=C.UTF-8");
        initdb.arg(format!("--username={USER}")).arg(self.data());
        run(&mut initdb)?;
        let mut settings = fs::read_to_string(self.data().join("postgresql.conf")).map_err(text)?;
        settings.push_str(SETTINGS);
        settings.push_str(&format!("unix_socket_directories = '{}'\n", self.folder.display()));
        fs::write(self.data().join("postgresql.conf"), settings).map_err(text)
    }

    fn launch(&self) -> Result<(), String> {
        let log = self.folder.join("log");
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--silent", "--pgdata"]);
        start.arg(self.data()).arg("--log").arg(&log);
        run(&mut start).map_err(|why| format!("{why}\n{}", fs::read_to_string(&log).unwrap_or_default()))
    }

    /// Makes the template that [`fresh_database`](Self::fresh_database) copies. The first caller's
    /// `migrate` runs, with the address of an empty database; it must close its connections. Every
    /// later call gets the first one's result.
    pub fn template(&self, migrate: impl FnOnce(&str) -> Result<(), String>) -> Result<(), String> {
        let make = || {
            self.sql(&format!("CREATE DATABASE {TEMPLATE}"))?;
            migrate(&self.url(TEMPLATE))?;
            self.sql(&format!("ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false"))
        };
        self.template.get_or_init(make).clone()
    }

    /// A copy of the migrated template.
    pub fn fresh_database(&'static self) -> Result<Database, String> {
        match self.template.get() {
            Some(Ok(())) => self.create(&format!("TEMPLATE {TEMPLATE}")),
            Some(Err(why)) => Err(why.clone()),
            None => Err("call Cluster::template before Cluster::fresh_database".to_owned()),
        }
    }

    /// A database without a single table, for tests of the migrations themselves.
    pub fn empty_database(&'static self) -> Result<Database, String> {
        self.create("TEMPLATE template0")
    }

    fn create(&'static self, from: &str) -> Result<Database, String> {
        let number = self.next_database.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.sql(&format!("CREATE DATABASE {name} {from}"))?;
        let url = self.url(&name);
        Ok(Database { cluster: self, name, url })
    }

    /// Runs one statement as the server's owner, outside any test's database.
    fn sql(&self, statement: &str) -> Result<(), String> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]);
        psql.arg("--dbname").arg(self.url("postgres"));
        run(psql.arg("--command").arg(statement))
    }

    fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user={USER}", self.folder.display())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        self.account.command(&self.programs.join(name))
    }
}

impl Database {
    /// Changes rows behind the program's back, with rights that the program does not have.
    pub fn execute(&self, statements: &str) -> Result<(), String> {
        self.query(statements).map(drop)
    }

    /// Rows as psql prints them unaligned: one a line, columns parted by `|`.
    pub fn query(&self, statements: &str) -> Result<String, String> {
        let mut psql = Command::new(self.cluster.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        psql.args(["--set", "ON_ERROR_STOP=1", "--dbname", &self.url]);
        output(psql.arg("--command").arg(statements))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        if let Err(why) = self.cluster.sql(&statement) {
            parts::say(&format!("{} was not dropped: {why}", self.name));
        }
    }
}

/// Who the server runs as: PostgreSQL refuses to run as root.
enum Account {
    Own,
    Other { user: u32, group: u32 },
}

impl Account {
    fn for_server() -> Result<Account, String> {
        if id(&["-u"])? != 0 {
            return Ok(Account::Own);
        }
        let name = ["postgres", "nobody"]
            .into_iter()
            .find(|name| id(&["-u", name]).is_ok())
            .ok_or("running as root, and there is no user postgres or nobody to run as")?;
        Ok(Account::Other { user: id(&["-u", name])?, group: id(&["-g", name])? })
    }

    /// A command that runs as this account.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if let Account::Other { user, group } = self {
            command.uid(*user).gid(*group);
        }
        // The test's own folder may be closed to the account.
        command.current_dir("/");
        command
    }
}

fn id(arguments: &[&str]) -> Result<u32, String> {
    let said = output(Command::new("id").args(arguments))?;
    said.trim().parse().map_err(text)
}

/// The folder that holds all of PostgreSQL's programs: from PATH, else Debian's newest.
fn find_programs() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.extend(debian_folders());
    folders
        .into_iter()
        .find(|folder| PROGRAMS.iter().all(|program| folder.join(program).is_file()))
        .ok_or_else(|| "PostgreSQL's programs initdb, pg_ctl, postgres and psql were not found".to_owned())
}

fn debian_folders() -> Vec<PathBuf> {
    let entries = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> =
        entries.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path()))).collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, folder)| folder.join("bin")).collect()
}

/// A new folder that only the server's account and we can enter.
fn make_folder(account: &Account) -> Result<PathBuf, String> {
    // Directly in the temporary folder: a socket's path may hold no more than 107 bytes.
    let made = output(Command::new("mktemp").args(["-d", "-t", "tailormade-pg-XXXXXXXX"]))?;
    let folder = PathBuf::from(made.trim_end());
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).map_err(text)?;
    if let Account::Other { user, group } = account {
        chown(&folder, Some(*user), Some(*group)).map_err(text)?;
    }
    Ok(folder)
}

/// Starts a process that waits for our end and then stops the server and removes its folder. It is
/// a process of its own because a killed test run cleans nothing up; and in a group of its own, so
/// that an interrupt from the keyboard does not take it along.
fn watch(account: &Account, programs: &Path, folder: &Path) -> Result<Child, String> {
    const SCRIPT: &str = "cat >/dev/null
        for attempt in 1 2 3 4 5; do
            test -e \"$2/data/postmaster.pid\" && \"$1\" stop --silent --mode=immediate --pgdata \"$2/data\"
            rm -rf \"$2\" && test ! -e \"$2\" && exit 0
            sleep 1
        done";
    let mut watchdog = account.command(Path::new("sh"));
    watchdog.args(["-c", SCRIPT, "sh"]).arg(programs.join("pg_ctl")).arg(folder);
    watchdog.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    watchdog.process_group(0).spawn().map_err(text)
}

fn run(command: &mut Command) -> Result<(), String> {
    output(command).map(drop)
}

/// What the command printed, or the command and its complaint.
fn output(command: &mut Command) -> Result<String, String> {
    let end = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if end.status.success() {
        return String::from_utf8(end.stdout).map_err(text);
    }
    let complaint = String::from_utf8_lossy(&end.stderr);
    Err(format!("{command:?} failed: {}", complaint.trim()))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[test]
fn each_test_has_a_copy_of_the_template() -> Result<(), String> {
    let Some(cluster) = Cluster::for_tests() else {
        return Ok(());
    };
    // A template of its own, because the cluster's is the migrated one.
    let first = cluster.empty_database()?;
    first.execute("CREATE TABLE note (line TEXT); INSERT INTO note VALUES ('kept')")?;
    let second = cluster.create(&format!("TEMPLATE {}", first.name))?;
    assert_eq!(second.query("SELECT line FROM note")?, "kept\n");
    second.execute("DELETE FROM note")?;
    assert_eq!(first.query("SELECT line FROM note")?, "kept\n");
    let gone = second.url.clone();
    drop(second);
    assert!(run(Command::new(cluster.programs.join("psql")).args(["-d", &gone, "-c", "SELECT 1"])).is_err());
    Ok(())
}

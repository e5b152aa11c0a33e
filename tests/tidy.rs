//! Keeps the house: who may import whom, where each crate lives, who writes which table. The README
//! gives the reasons; this reads the sources and names file, line and rule for each that is broken.
//!
//! The scanner knows just enough Rust for that: it drops comments, keeps strings apart, follows
//! `use` trees, aliases, globs and inline modules, and knows which code is compiled for tests only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Modules without effects: what rules and nouns may build on.
const PURE: [&str; 9] = ["money", "calendar", "vat", "ids", "error", "fingerprint", "places", "register", "vocabulary"];
/// The one pure file inside a module that is not: the rights as types.
const RIGHTS: [&str; 2] = ["auth", "rights"];
/// A file longer than this is worth a second look.
const LONG_FILE: usize = 600;

#[test]
fn the_house_is_kept() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let house = House::read(&root.join("src"), env!("CARGO_PKG_NAME"));
    assert!(house.order.len() > 5, "src/lib.rs lists too few modules: {:?}", house.order);
    assert!(!house.features.is_empty(), "no folder in src looks like a feature");
    for file in house.files.iter().filter(|file| file.lines > LONG_FILE) {
        let line = format!("\nsrc/{} has {} lines: is a noun missing?\n", file.name, file.lines);
        // A warning only, written past the harness, which would keep it to itself.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
    report(house.broken_rules());
}

#[test]
fn every_template_is_used() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let house = House::read(&root.join("src"), env!("CARGO_PKG_NAME"));
    let templates = texts_under(&root.join("templates"));
    assert!(!templates.is_empty(), "templates/ holds nothing");
    report(unused_templates(&house, &templates));
}

#[test]
fn both_engines_have_the_same_migrations() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let [sqlite, postgres] = ["sqlite", "postgres"].map(|engine| texts_under(&migrations.join(engine)));
    assert!(!sqlite.is_empty(), "migrations/sqlite holds nothing");
    report(uneven_migrations(&sqlite, &postgres));
}

fn report(broken: Vec<String>) {
    assert!(broken.is_empty(), "{} broken:\n{}", broken.len(), broken.join("\n"));
}

// ---- the house ----

/// All sources, the order of the modules, and which folders are features.
struct House {
    files: Vec<Source>,
    order: Vec<String>,
    program: BTreeSet<String>,
    features: BTreeSet<String>,
    modules: BTreeSet<Vec<String>>,
    package: String,
}

/// One scanned file.
struct Source {
    /// Its path below src, with forward slashes.
    name: String,
    module: Vec<String>,
    lines: usize,
    code: Code,
}

/// A path in the code, as written out in full.
struct Mention {
    line: usize,
    path: Vec<String>,
    for_tests: bool,
}

/// What the names of a file stand for.
#[derive(Default)]
struct Imports {
    aliases: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    mentions: Vec<Mention>,
}

impl House {
    fn read(folder: &Path, package: &str) -> House {
        let sources = texts_under(folder);
        House::new(sources.into_iter().filter(|(name, _)| name.ends_with(".rs")), package)
    }

    fn new(sources: impl Iterator<Item = (String, String)>, package: &str) -> House {
        let files: Vec<Source> = sources.map(|(name, text)| Source::new(name, &text)).collect();
        let declared = |name: &str| -> Vec<String> {
            let file = files.iter().find(|file| file.name == name);
            file.map(|file| file.code.declared_modules()).unwrap_or_default()
        };
        let folders = files.iter().filter_map(|file| {
            let (folder, rest) = file.name.split_once('/')?;
            let kind = rest.split('/').next()?.trim_end_matches(".rs");
            matches!(kind, "handlers" | "rules" | "pages").then(|| folder.to_owned())
        });
        House {
            order: declared("lib.rs"),
            program: declared("main.rs").into_iter().collect(),
            features: folders.collect(),
            modules: files.iter().map(|file| file.module.clone()).collect(),
            package: package.replace('-', "_"),
            files,
        }
    }

    fn broken_rules(&self) -> Vec<String> {
        let tests_only = self.tests_only();
        let mut broken = Vec::new();
        let mut writers: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for file in &self.files {
            let all_tests = tests_only.iter().any(|module| file.module.starts_with(module));
            self.check_listed(file, &mut broken);
            for mention in self.mentions(file) {
                let for_tests = mention.for_tests || all_tests;
                let reasons = [
                    self.wrong_import(file, &mention.path),
                    wrong_home(file, &mention.path, for_tests),
                    wrong_clock(file, &mention.path),
                ];
                let seen = mention.path.join("::");
                broken.extend(reasons.into_iter().flatten().map(|rule| file.says(mention.line, &seen, &rule)));
            }
            if !all_tests {
                broken.extend(file.code.hasty_ends().map(|(line, what)| {
                    file.says(line, &what, "outside tests every failure is an error in plain words")
                }));
                for (line, table) in self.writes(file, &mut broken) {
                    let place = format!("src/{}:{line}", file.name);
                    writers.entry(table).or_default().entry(file.owner()).or_insert(place);
                }
            }
        }
        broken.extend(shared_tables(&writers));
        broken.sort();
        broken.dedup();
        broken
    }

    /// Modules that are compiled for tests only: declared so, in a file of their own.
    fn tests_only(&self) -> Vec<Vec<String>> {
        let declared = self
            .files
            .iter()
            .flat_map(|file| file.code.test_modules().map(|name| [file.module.as_slice(), &[name]].concat()));
        declared.collect()
    }

    fn check_listed(&self, file: &Source, broken: &mut Vec<String>) {
        let listed = |top: &String| self.order.contains(top) || self.program.contains(top);
        if file.module.first().is_some_and(|top| !listed(top)) {
            broken.push(file.says(1, &file.name, "every module is listed in src/lib.rs"));
        }
        if file.name == "lib.rs" {
            let uses = file.code.uses().filter(|import| !import.for_tests);
            broken.extend(uses.map(|import| {
                file.says(
                    import.line,
                    &import.path.join("::"),
                    "lib.rs is a map: it lists modules and re-exports nothing",
                )
            }));
        }
    }

    /// What the file's `use` declarations bring in, resolved.
    fn imports(&self, file: &Source) -> Imports {
        let mut imports = Imports::default();
        for import in file.code.uses() {
            let path = self.resolve(file, &import.inside, &import.path, &Imports::default());
            if import.path.last().is_some_and(|last| last == "*") {
                imports.globs.push(path[..path.len() - 1].to_vec());
            } else {
                imports.aliases.insert(import.alias.clone(), path.clone());
            }
            imports.mentions.push(Mention { line: import.line, path, for_tests: import.for_tests });
        }
        imports
    }

    /// Every path of the file, with `crate`, `self`, `super`, aliases and globs resolved: inside the
    /// crate it starts with `crate`, else with the name of another crate.
    fn mentions(&self, file: &Source) -> Vec<Mention> {
        let mut imports = self.imports(file);
        let inline: Vec<Mention> = file
            .code
            .paths()
            .map(|found| {
                let path = self.resolve(file, &found.inside, &found.path, &imports);
                Mention { line: found.line, path, for_tests: found.for_tests }
            })
            .collect();
        imports.mentions.extend(inline);
        imports.mentions
    }

    fn resolve(&self, file: &Source, inside: &[String], path: &[String], imports: &Imports) -> Vec<String> {
        let inner = || vec!["crate".to_owned()];
        let mut here = [file.module.as_slice(), inside].concat();
        let mut rest = path;
        match path.first().map(String::as_str) {
            Some("crate") => return path.to_vec(),
            Some(name) if name == self.package => return [inner().as_slice(), &path[1..]].concat(),
            Some("self") => rest = &path[1..],
            Some("super") => {
                while rest.first().is_some_and(|part| part == "super") {
                    here.pop();
                    rest = &rest[1..];
                }
            }
            Some(name) => {
                if let Some(target) = imports.aliases.get(name) {
                    return [target.as_slice(), &path[1..]].concat();
                }
                let is_module = |base: &[String]| self.modules.contains(&[base, &[name.to_owned()]].concat());
                if !is_module(&here) || here.is_empty() {
                    let glob = imports
                        .globs
                        .iter()
                        .find(|glob| glob.first().is_some_and(|root| root == "crate") && is_module(&glob[1..]));
                    return glob.map_or_else(|| path.to_vec(), |glob| [glob.as_slice(), path].concat());
                }
            }
            None => return Vec::new(),
        }
        [inner().as_slice(), &here, rest].concat()
    }

    /// The rule of rules 1 to 3 of the house that this import breaks.
    fn wrong_import(&self, file: &Source, path: &[String]) -> Option<String> {
        let [root, target, rest @ ..] = path else {
            return None;
        };
        if root != "crate" {
            return None;
        }
        let place = |module: &str| self.order.iter().position(|listed| listed == module);
        let to = place(target)?;
        let kind = self.kind_of_target(target, rest);
        if kind == "handlers" && file.name != "routes.rs" && file.owner() != *target {
            return Some("only routes.rs imports handlers".to_owned());
        }
        // main.rs and what it alone declares stand above the whole map.
        let own = file.module.first()?;
        let from = place(own)?;
        if to > from {
            return Some(format!("{own} stands before {target} in lib.rs, and imports go upward only"));
        }
        if is_rights(&path[1..]) {
            return None;
        }
        let feature = self.features.contains(own);
        match (own == target, feature) {
            (true, true) => wrong_inside(file.kind(), &kind),
            (false, true) => self.wrong_between(file.kind(), target, &kind),
            _ => None,
        }
    }

    /// Which file of its folder a path inside the crate leads to; the nouns when to none.
    fn kind_of_target(&self, target: &str, rest: &[String]) -> String {
        let named = rest.first().filter(|name| self.modules.contains(&vec![target.to_owned(), (*name).clone()]));
        named.cloned().unwrap_or_else(|| "mod".to_owned())
    }

    fn wrong_between(&self, from: &str, target: &str, kind: &str) -> Option<String> {
        if self.features.contains(target) && matches!(kind, "forms" | "pages" | "handlers") {
            let rule = "from another feature only its nouns, rules and store, never its";
            return Some(format!("{rule} {kind}"));
        }
        let pure = PURE.contains(&target) || (self.features.contains(target) && matches!(kind, "mod" | "rules"));
        let must_be_pure = matches!(from, "mod" | "rules" | "rights");
        (must_be_pure && !pure).then(|| {
            format!("nouns and rules use only {}, auth::rights and the nouns and rules of features", PURE.join(", "))
        })
    }

    /// The tables that the file writes, by line. A write in a store that names no table is a broken
    /// rule, because nobody could read from it who writes what.
    fn writes(&self, file: &Source, broken: &mut Vec<String>) -> Vec<(usize, String)> {
        let mut writes: Vec<(usize, String)> = file.code.sql_writes().collect();
        let imports = self.imports(file);
        for call in file.code.write_calls() {
            let verb = call.verb.last().cloned().unwrap_or_default();
            let table = self.resolve(file, &call.inside, &call.table, &imports);
            if let [.., table, last] = table.as_slice()
                && last == "table"
            {
                writes.push((call.line, table.clone()));
                continue;
            }
            let function = self.resolve(file, &call.inside, &call.verb, &imports);
            let from_glob = function.len() == 1
                && imports.globs.iter().any(|glob| glob.first().is_some_and(|root| root == "diesel"))
                && matches!(verb.as_str(), "insert_into" | "replace_into" | "insert_or_ignore_into");
            let diesel = from_glob || function.first().is_some_and(|root| root == "diesel");
            if diesel && file.kind() == "store" {
                let rule = "a write names its table (x::table), so that one can see who writes what";
                broken.push(file.says(call.line, &format!("{verb}(..)"), rule));
            }
        }
        writes
    }
}

fn shared_tables(writers: &BTreeMap<String, BTreeMap<String, String>>) -> Vec<String> {
    let shared = writers.iter().filter(|(_, places)| places.len() > 1);
    let line = |(table, places): (&String, &BTreeMap<String, String>)| {
        let places: Vec<&str> = places.values().map(String::as_str).collect();
        format!(
            "{}: {table} is written by more than one module ({}): one table, one writer",
            places[0],
            places.join(", ")
        )
    };
    shared.map(line).collect()
}

/// Whether a path inside the crate leads to the rights, which are pure and open to everyone after.
fn is_rights(path: &[String]) -> bool {
    path.iter().map(String::as_str).take(2).eq(RIGHTS)
}

/// The flow inside one feature: rules use the nouns, and so on down to the handlers.
fn wrong_inside(from: &str, to: &str) -> Option<String> {
    let may: &[&str] = match from {
        "mod" => &["nouns"],
        "nouns" => &["mod"],
        "rules" => &["mod"],
        "forms" | "store" | "pages" => &["mod", "rules"],
        "handlers" => return None,
        // A file beside the usual ones: it may do anything but answer requests.
        _ if to == "handlers" => &[],
        _ => return None,
    };
    (from != to && !may.contains(&to)).then(|| {
        let may = if may.is_empty() { "none of the others".to_owned() } else { may.join(" and ") };
        format!("inside a feature {from} imports {may}, not {to}")
    })
}

/// The rule of rule 4 of the house that this path breaks: each crate has a home.
fn wrong_home(file: &Source, path: &[String], for_tests: bool) -> Option<String> {
    let root = path.first()?.as_str();
    let family = root.split('_').next().unwrap_or_default();
    let top = file.module.first().map_or("", String::as_str);
    let kind = file.kind();
    let (home, at_home) = match (family, root) {
        ("diesel", _) => ("db/ and store.rs", top == "db" || kind == "store"),
        ("actix", _) => (
            "web/, auth/, handlers.rs, routes.rs, server.rs and main.rs",
            matches!(top, "web" | "auth" | "routes" | "server" | "serve")
                || kind == "handlers"
                || file.name == "main.rs",
        ),
        ("tera", _) => ("render.rs", top == "render"),
        ("lettre", _) => ("mail/", top == "mail"),
        (_, "jsonwebtoken" | "argon2") => ("auth/", top == "auth"),
        (_, "std") if path.get(1).is_some_and(|part| part == "env") => {
            let arguments = path.get(2).is_some_and(|part| part.starts_with("args"));
            let at_home = for_tests || top == "config" || (file.name == "main.rs" && arguments);
            ("config.rs (and main.rs for its arguments)", at_home)
        }
        _ => return None,
    };
    (!at_home).then(|| format!("{} has its home in {home}", if root == "std" { "std::env" } else { family }))
}

fn wrong_clock(file: &Source, path: &[String]) -> Option<String> {
    let [.., clock, "now"] = path.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return None;
    };
    let reads = matches!(clock, "Utc" | "Local" | "SystemTime");
    (reads && file.module.first().is_none_or(|top| top != "calendar"))
        .then(|| "only calendar.rs reads the present time; elsewhere it is an argument".to_owned())
}

// ---- templates and migrations ----

/// Templates that no source names, and no template that is in use includes or extends.
fn unused_templates(house: &House, templates: &[(String, String)]) -> Vec<String> {
    let strings = || house.files.iter().flat_map(|file| file.code.strings());
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut waiting: Vec<&(String, String)> =
        templates.iter().filter(|(name, _)| strings().any(|text| text.contains(name))).collect();
    while let Some((name, text)) = waiting.pop() {
        if !used.insert(name) {
            continue;
        }
        let names = |other: &str| ['"', '\''].iter().any(|quote| text.contains(&format!("{quote}{other}{quote}")));
        let calls = |other: &str| components(other).any(|component| calls_component(text, component));
        waiting.extend(templates.iter().filter(|(other, body)| names(other) || calls(body)));
    }
    let unused = templates.iter().filter(|(name, _)| !used.contains(name.as_str()));
    unused.map(|(name, _)| format!("templates/{name}:1: no source and no used template names it")).collect()
}

/// The components that a template defines.
fn components(text: &str) -> impl Iterator<Item = &str> {
    let defined = text.split("{% component ").skip(1);
    defined.filter_map(|rest| rest.split(['(', ' ']).next())
}

/// Whether a template calls a component: `{{ <name .../> }}` or `{% <name ...> %}`.
fn calls_component(text: &str, component: &str) -> bool {
    let call = format!("<{component}");
    text.match_indices(&call).any(|(at, _)| text[at + call.len()..].starts_with([' ', '/', '>', '\n']))
}

/// Steps that only one engine has, and steps without a way up or down.
fn uneven_migrations(sqlite: &[(String, String)], postgres: &[(String, String)]) -> Vec<String> {
    let names =
        |files: &[(String, String)]| -> BTreeSet<String> { files.iter().map(|(name, _)| name.clone()).collect() };
    let steps = |names: &BTreeSet<String>| -> BTreeSet<String> {
        names.iter().filter_map(|name| Some(name.split_once('/')?.0.to_owned())).collect()
    };
    let engines = [("sqlite", names(sqlite)), ("postgres", names(postgres))];
    let all: BTreeSet<String> = engines.iter().flat_map(|(_, names)| steps(names)).collect();
    let mut broken = Vec::new();
    for (engine, names) in &engines {
        for step in &all {
            let missing = ["up.sql", "down.sql"].into_iter().map(|file| format!("{step}/{file}"));
            broken.extend(missing.filter(|file| !names.contains(file)).map(|file| {
                format!(
                    "migrations/{engine}/{file}:1: is missing: both engines have the same steps, each with up and down"
                )
            }));
        }
    }
    broken
}

/// Every text file below a folder, by its path from there; nothing when there is no such folder.
fn texts_under(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(place) = waiting.pop() {
        for entry in fs::read_dir(place).into_iter().flatten() {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                waiting.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let name = path.strip_prefix(folder).expect("a path below the folder");
                found.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    found.sort();
    found
}

impl Source {
    fn new(name: String, text: &str) -> Source {
        let parts = name.trim_end_matches(".rs").split('/');
        let mut module: Vec<String> = parts.map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") {
            module.pop();
        }
        if matches!(name.as_str(), "lib.rs" | "main.rs") {
            module.clear();
        }
        Source { module, lines: text.lines().count(), code: Code::scan(text), name }
    }

    /// Which file of its folder this is part of: `store` for `x/store.rs` and `x/store/lines.rs`.
    fn kind(&self) -> &str {
        match self.module.get(1) {
            Some(kind) => kind,
            None if self.name.ends_with("/mod.rs") => "mod",
            None => "",
        }
    }

    /// The module that answers for this file's writes.
    fn owner(&self) -> String {
        self.module.first().cloned().unwrap_or_else(|| self.name.clone())
    }

    fn says(&self, line: usize, seen: &str, rule: &str) -> String {
        format!("src/{}:{line}: {seen}: {rule}", self.name)
    }
}

// ---- the scanner ----

/// A file's code as tokens, without comments.
struct Code {
    tokens: Vec<Token>,
}

#[derive(Debug)]
struct Token {
    line: usize,
    kind: Kind,
    /// The inline modules that it stands in.
    inside: Vec<String>,
    /// Whether it is compiled for tests only.
    for_tests: bool,
}

#[derive(Debug, PartialEq)]
enum Kind {
    Word(String),
    Text(String),
    /// `::`, or a single character.
    Mark(&'static str),
    Other(char),
}

/// A path as written, or one leaf of a `use` tree.
struct Found {
    line: usize,
    path: Vec<String>,
    alias: String,
    inside: Vec<String>,
    for_tests: bool,
}

/// A call that looks like a write, with the path of its first argument.
struct WriteCall {
    line: usize,
    verb: Vec<String>,
    table: Vec<String>,
    inside: Vec<String>,
}

impl Code {
    fn scan(text: &str) -> Code {
        let mut code = Code { tokens: tokenise(text) };
        code.mark_tests();
        code.mark_modules();
        code
    }

    fn word(&self, at: usize) -> Option<&str> {
        match &self.tokens.get(at)?.kind {
            Kind::Word(word) => Some(word),
            _ => None,
        }
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.word(at) == Some(word)
    }

    fn is(&self, at: usize, mark: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Other(mark))
    }

    fn is_colons(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Mark("::"))
    }

    /// The place after the bracket that closes the one at `open`.
    fn past_bracket(&self, open: usize) -> usize {
        let mut depth = 0_i32;
        for at in open..self.tokens.len() {
            match self.tokens[at].kind {
                Kind::Other('{' | '(' | '[') => depth += 1,
                Kind::Other('}' | ')' | ']') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return at + 1;
            }
        }
        self.tokens.len()
    }

    /// The place after the item that starts here, its attributes included.
    fn past_item(&self, start: usize) -> usize {
        let mut at = start;
        while self.is(at, '#') {
            at = self.past_bracket(at + 1);
        }
        let mut to_semicolon = false;
        while at < self.tokens.len() {
            to_semicolon |= ["use", "static", "type", "let"].iter().any(|word| self.is_word(at, word));
            to_semicolon |= self.is_word(at, "const") && !self.is_word(at + 1, "fn");
            if self.is(at, ';') || self.is(at, ',') {
                return at + 1;
            }
            // The end of what surrounds an item without one of its own, such as a last field.
            if self.is(at, '}') || self.is(at, ')') {
                return at;
            }
            let block = self.is(at, '{');
            let bracket = block || self.is(at, '(') || self.is(at, '[');
            at = if bracket { self.past_bracket(at) } else { at + 1 };
            if block && !to_semicolon {
                return at;
            }
        }
        at
    }

    fn mark_tests(&mut self) {
        for at in 0..self.tokens.len() {
            let attribute =
                self.is(at, '#') && self.is(at + 1, '[') && self.is_word(at + 2, "cfg") && self.is(at + 3, '(');
            let plain = self.is_word(at + 4, "test") && self.is(at + 5, ')');
            let all = self.is_word(at + 4, "all") && self.is_word(at + 6, "test");
            if attribute && (plain || all) {
                let end = self.past_item(at);
                self.tokens[at..end].iter_mut().for_each(|token| token.for_tests = true);
            }
        }
    }

    fn mark_modules(&mut self) {
        for at in 0..self.tokens.len() {
            let Some(name) = self.word(at + 1).map(str::to_owned) else {
                continue;
            };
            if self.is_word(at, "mod") && self.is(at + 2, '{') {
                let end = self.past_bracket(at + 2);
                self.tokens[at + 3..end].iter_mut().for_each(|token| token.inside.push(name.clone()));
            }
        }
    }

    /// `mod x;` in order.
    fn declared_modules(&self) -> Vec<String> {
        let found = (0..self.tokens.len()).filter_map(|at| self.module_declared_at(at));
        found.map(str::to_owned).collect()
    }

    fn test_modules(&self) -> impl Iterator<Item = String> {
        let tests = (0..self.tokens.len()).filter(|at| self.tokens[*at].for_tests);
        tests.filter_map(|at| self.module_declared_at(at)).map(str::to_owned)
    }

    fn module_declared_at(&self, at: usize) -> Option<&str> {
        let declared = self.is_word(at, "mod") && self.is(at + 2, ';');
        if declared { self.word(at + 1) } else { None }
    }

    /// Every leaf of every `use` declaration.
    fn uses(&self) -> impl Iterator<Item = Found> {
        let starts = (0..self.tokens.len()).filter(|at| self.is_use(*at));
        let mut found = Vec::new();
        starts.for_each(|at| {
            let start = if self.is_colons(at + 1) { at + 2 } else { at + 1 };
            self.use_tree(start, &[], &mut found);
        });
        found.into_iter()
    }

    fn is_use(&self, at: usize) -> bool {
        // `impl Trait + use<'a>` is no import.
        self.is_word(at, "use") && !self.is(at + 1, '<')
    }

    /// Reads one branch and answers the place after it.
    fn use_tree(&self, start: usize, before: &[String], found: &mut Vec<Found>) -> usize {
        let mut path = before.to_vec();
        let mut at = start;
        loop {
            if self.is(at, '{') {
                at += 1;
                while at < self.tokens.len() && !self.is(at, '}') {
                    at = self.use_tree(at, &path, found);
                    at += usize::from(self.is(at, ','));
                }
                return at + 1;
            }
            match self.word(at) {
                // `a::{self}` is `a`.
                Some("self") if !path.is_empty() => {}
                Some(word) => path.push(word.to_owned()),
                None if self.is(at, '*') => path.push("*".to_owned()),
                None => return at + 1,
            }
            if !self.is_colons(at + 1) {
                break;
            }
            at += 2;
        }
        let token = &self.tokens[at];
        let renamed = self.is_word(at + 1, "as").then(|| self.word(at + 2)).flatten();
        let alias = renamed.map_or_else(|| path.last().cloned().unwrap_or_default(), str::to_owned);
        let end = if renamed.is_some() { at + 3 } else { at + 1 };
        let (line, inside, for_tests) = (token.line, token.inside.clone(), token.for_tests);
        found.push(Found { line, path, alias, inside, for_tests });
        end
    }

    /// Every path of two or more parts outside `use` declarations.
    fn paths(&self) -> impl Iterator<Item = Found> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            if self.is_use(at) {
                while at < self.tokens.len() && !self.is(at, ';') {
                    at += 1;
                }
            }
            let (path, end) = self.path_at(at);
            if path.len() > 1 && !self.continues(at) {
                let token = &self.tokens[at];
                let alias = String::new();
                let (line, inside, for_tests) = (token.line, token.inside.clone(), token.for_tests);
                found.push(Found { line, path, alias, inside, for_tests });
            }
            at = end.max(at + 1);
        }
        found.into_iter()
    }

    /// Whether what stands here goes on from a method call or from `Type::<..>::`.
    fn continues(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        let after_generics = self.is_colons(before) && before > 0 && self.is(before - 1, '>');
        self.is(before, '.') || after_generics
    }

    fn path_at(&self, start: usize) -> (Vec<String>, usize) {
        let mut path = Vec::new();
        let mut at = start;
        while let Some(word) = self.word(at) {
            path.push(word.to_owned());
            at += 1;
            if !self.is_colons(at) || self.word(at + 1).is_none() {
                break;
            }
            at += 1;
        }
        (path, at)
    }

    /// Where the path begins whose last part stands here.
    fn path_start(&self, end: usize) -> usize {
        let mut at = end;
        while at >= 2 && self.is_colons(at - 1) && self.word(at - 2).is_some() {
            at -= 2;
        }
        at
    }

    fn strings(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter_map(|token| match &token.kind {
            Kind::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// `unwrap()`, `expect(` and the like outside tests.
    fn hasty_ends(&self) -> impl Iterator<Item = (usize, String)> {
        let code = (0..self.tokens.len()).filter(|at| !self.tokens[*at].for_tests);
        code.filter_map(|at| {
            let word = self.word(at)?;
            let call = matches!(word, "unwrap" | "expect") && self.is(at + 1, '(');
            let method = call && at > 0 && (self.is(at - 1, '.') || self.is_colons(at - 1));
            let unfinished = matches!(word, "todo" | "unimplemented" | "panic") && self.is(at + 1, '!');
            (method || unfinished).then(|| (self.tokens[at].line, word.to_owned()))
        })
    }

    /// Calls of functions that insert, update or delete, outside tests.
    fn write_calls(&self) -> impl Iterator<Item = WriteCall> {
        const VERBS: [&str; 5] = ["insert", "upsert", "replace", "update", "delete"];
        let code = (0..self.tokens.len()).filter(|at| !self.tokens[*at].for_tests);
        code.filter_map(|at| {
            self.word(at).filter(|word| VERBS.iter().any(|verb| word.starts_with(verb)))?;
            let defined = at > 0 && self.is_word(at - 1, "fn");
            let method = at > 0 && self.is(at - 1, '.');
            if defined || method {
                return None;
            }
            let mut open = at + 1;
            if self.is_colons(open) && self.is(open + 1, '<') {
                open = (open..self.tokens.len()).find(|at| self.is(*at, '('))?;
            }
            if !self.is(open, '(') {
                return None;
            }
            let mut argument = open + 1;
            while self.is(argument, '&') || self.is_word(argument, "mut") {
                argument += 1;
            }
            let (table, _) = self.path_at(argument);
            let (verb, _) = self.path_at(self.path_start(at));
            let token = &self.tokens[at];
            Some(WriteCall { line: token.line, verb, table, inside: token.inside.clone() })
        })
    }

    /// Tables that SQL in a string writes, outside tests.
    fn sql_writes(&self) -> impl Iterator<Item = (usize, String)> {
        let mut writes = Vec::new();
        for token in self.tokens.iter().filter(|token| !token.for_tests) {
            let Kind::Text(text) = &token.kind else {
                continue;
            };
            let words: Vec<&str> =
                text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()).collect();
            for (at, word) in words.iter().enumerate() {
                let next = |ahead: usize| words.get(at + ahead).copied().unwrap_or_default();
                let table = match (*word, next(1), next(2)) {
                    ("INSERT" | "REPLACE", "INTO", table) | ("DELETE", "FROM", table) => table,
                    ("UPDATE", table, "SET") => table,
                    _ => continue,
                };
                writes.push((token.line, table.to_owned()));
            }
        }
        writes.into_iter()
    }
}

fn tokenise(text: &str) -> Vec<Token> {
    let characters: Vec<char> = text.chars().collect();
    let mut reader = Reader { characters, at: 0, line: 1 };
    let mut tokens = Vec::new();
    loop {
        reader.skip_blank();
        let line = reader.line;
        let Some(kind) = reader.token() else {
            return tokens;
        };
        tokens.push(Token { line, kind, inside: Vec::new(), for_tests: false });
    }
}

struct Reader {
    characters: Vec<char>,
    at: usize,
    line: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek(0)?;
        self.at += 1;
        self.line += usize::from(character == '\n');
        Some(character)
    }

    /// Passes white space and comments, which nest.
    fn skip_blank(&mut self) {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(space), _) if space.is_whitespace() => drop(self.next()),
                (Some('/'), Some('/')) => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.next();
                    }
                }
                (Some('/'), Some('*')) => self.skip_block(),
                _ => return,
            }
        }
    }

    fn skip_block(&mut self) {
        let mut depth = 0_usize;
        while let Some(character) = self.next() {
            match (character, self.peek(0)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => continue,
            }
            self.next();
            if depth == 0 {
                return;
            }
        }
    }

    fn token(&mut self) -> Option<Kind> {
        let first = self.peek(0)?;
        if let Some(hashes) = self.raw_string() {
            return Some(Kind::Text(self.until_quote(hashes)));
        }
        if first == '"' || (matches!(first, 'b' | 'c') && self.peek(1) == Some('"')) {
            while self.next() != Some('"') {}
            return Some(Kind::Text(self.until_unescaped('"')));
        }
        if first == '\'' || (first == 'b' && self.peek(1) == Some('\'')) {
            return Some(self.character_or_lifetime());
        }
        if first.is_alphanumeric() || first == '_' {
            return Some(Kind::Word(self.whole_word()));
        }
        self.next();
        if first == ':' && self.peek(0) == Some(':') {
            self.next();
            return Some(Kind::Mark("::"));
        }
        Some(Kind::Other(first))
    }

    /// Passes `r##"` (or `br"`, `cr"`) and answers how many hashes it has.
    fn raw_string(&mut self) -> Option<usize> {
        let skip = match (self.peek(0)?, self.peek(1)?) {
            ('r', _) => 1,
            ('b' | 'c', 'r') => 2,
            _ => return None,
        };
        let hashes = (skip..).take_while(|ahead| self.peek(*ahead) == Some('#')).count();
        if self.peek(skip + hashes) != Some('"') {
            return None;
        }
        self.at += skip + hashes + 1;
        Some(hashes)
    }

    fn until_quote(&mut self, hashes: usize) -> String {
        let mut text = String::new();
        while let Some(character) = self.next() {
            if character == '"' && (0..hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.at += hashes;
                break;
            }
            text.push(character);
        }
        text
    }

    fn until_unescaped(&mut self, end: char) -> String {
        let mut text = String::new();
        while let Some(character) = self.next() {
            if character == end {
                break;
            }
            text.push(character);
            if character == '\\' {
                text.extend(self.next());
            }
        }
        text
    }

    fn character_or_lifetime(&mut self) -> Kind {
        while self.next() != Some('\'') {}
        if self.peek(0) == Some('\\') || self.peek(1) == Some('\'') {
            return Kind::Text(self.until_unescaped('\''));
        }
        self.whole_word();
        Kind::Other('\'')
    }

    fn whole_word(&mut self) -> String {
        // `r#type` is the word `type`.
        if self.peek(0) == Some('r') && self.peek(1) == Some('#') {
            self.at += 2;
        }
        let mut word = String::new();
        while let Some(character) = self.peek(0).filter(|c| c.is_alphanumeric() || *c == '_') {
            word.push(character);
            self.next();
        }
        word
    }
}

// ---- broken samples, so that none of the rules can pass without looking ----

const MAP: &str = "//! The map.\npub mod money;\npub mod config;\npub mod error;\npub mod db;\npub mod web;\n\
    pub mod auth;\npub mod people;\npub mod invoices;\npub mod routes;\n";

/// The broken rules of a small sound house with one file changed or added.
fn judge(name: &str, text: &str) -> Vec<String> {
    let mut files = BTreeMap::from(
        [
            ("lib.rs", MAP),
            ("money.rs", "pub struct Pence(i64);"),
            ("error.rs", "//! Failures."),
            ("config.rs", "pub fn read() { std::env::var(\"X\"); }"),
            ("db/mod.rs", "pub mod schema; use diesel::prelude::*;"),
            ("db/schema.rs", "diesel::table! { people (id) { id -> BigInt, } }"),
            ("web/mod.rs", "use actix_web::web;"),
            ("auth/mod.rs", "pub mod rights; use argon2::Argon2;"),
            ("auth/rights.rs", "pub struct Actor;"),
            ("people/mod.rs", "pub mod rules; pub mod store; pub mod pages; pub struct Person;"),
            ("people/rules.rs", "use super::Person; use crate::auth::rights::Actor;"),
            ("people/store.rs", "use crate::db::schema::people; fn add() { diesel::insert_into(people::table); }"),
            ("people/pages.rs", "use super::{Person, rules};"),
            (
                "invoices/mod.rs",
                "pub mod handlers; pub mod forms; pub mod rules; pub mod store; pub mod pages; pub mod einvoice;",
            ),
            ("invoices/einvoice.rs", "use super::rules;"),
            ("invoices/forms.rs", "use super::rules;"),
            ("invoices/rules.rs", "use crate::money::Pence; use crate::people::{Person, rules::*};"),
            ("invoices/store.rs", "use crate::{db, people::store};"),
            ("invoices/pages.rs", "use super::rules;"),
            (
                "invoices/handlers.rs",
                "use super::{forms, pages, rules, store}; use actix_web::web; fn f() { web::block(); }",
            ),
            ("routes.rs", "use crate::invoices::handlers;"),
            ("main.rs", "fn main() { std::env::args(); tailormade::config::read(); }"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned())),
    );
    files.insert(name.to_owned(), text.to_owned());
    House::new(files.into_iter(), "tailormade").broken_rules()
}

/// Panics unless exactly one rule is broken, in this file and line, in these words.
fn must_break(name: &str, text: &str, line: usize, words: &str) {
    let broken = judge(name, text);
    let place = format!("src/{name}:{line}: ");
    assert!(
        broken.len() == 1 && broken[0].starts_with(&place) && broken[0].contains(words),
        "{name}: {text}\nshould break \"{words}\" at {place}, found {broken:#?}"
    );
}

#[test]
fn a_sound_house_breaks_no_rule() {
    assert_eq!(judge("money.rs", "pub struct Pence(i64);"), Vec::<String>::new());
}

#[test]
fn imports_go_upward_only() {
    let words = "imports go upward only";
    must_break("money.rs", "\nuse crate::config::X;", 2, words);
    must_break("money.rs", "use crate::{\n    error,\n};", 2, words);
    must_break("money.rs", "use super::error;", 1, words);
    must_break("money.rs", "mod inner {\n use super::super::error;\n}", 2, words);
    must_break("money.rs", "fn f() -> crate::error::Failure {}", 1, words);
    must_break("people/store.rs", "use crate::invoices::rules;", 1, words);
    must_break("money.rs", "macro_rules! m { () => { $crate::error::X } }", 1, words);
    must_break("db/mod.rs", "pub mod schema; fn f() { tailormade::web::x(); }", 1, words);
    must_break("strange.rs", "//! Nobody lists me.", 1, "every module is listed");
    let map = format!("{MAP}pub use money::Pence;");
    must_break("lib.rs", &map, 11, "re-exports nothing");
}

#[test]
fn inside_a_feature_the_flow_is_one_way() {
    let words = "inside a feature";
    must_break("invoices/rules.rs", "use super::store;", 1, words);
    must_break("invoices/rules.rs", "use super::*;\nfn f() { store::load(); }", 2, words);
    must_break("invoices/rules.rs", "use super::einvoice::write;", 1, words);
    must_break("invoices/forms.rs", "use super::{rules, store};", 1, words);
    must_break("invoices/store.rs", "use crate::invoices::forms::Draft;", 1, words);
    must_break("invoices/pages.rs", "use super::store::Row;", 1, words);
    must_break("people/mod.rs", "pub mod rules;\npub use rules::Refusal;", 2, words);
    must_break("invoices/einvoice.rs", "use super::handlers;", 1, words);
    must_break("invoices/store/lines.rs", "use crate::invoices::pages;", 1, words);
}

#[test]
fn between_features_only_nouns_rules_and_store() {
    must_break("invoices/handlers.rs", "use crate::people::pages::Show;", 1, "never its pages");
    must_break("invoices/handlers.rs", "use crate::people;\nfn f() { people::pages::x(); }", 2, "never its pages");
    must_break("main.rs", "use tailormade::invoices::handlers::show;", 1, "only routes.rs imports handlers");
}

#[test]
fn nouns_and_rules_are_pure() {
    let words = "nouns and rules use only";
    must_break("invoices/rules.rs", "use crate::db::Db;", 1, words);
    must_break("people/mod.rs", "pub mod rules; use crate::auth::Session;", 1, words);
    must_break("invoices/rules.rs", "use crate::people::store::load;", 1, words);
    must_break("invoices/rules.rs", "use crate::config::Settings;", 1, words);
}

#[test]
fn crates_have_homes() {
    must_break("invoices/rules.rs", "use diesel::prelude::*;", 1, "diesel has its home");
    must_break("invoices/pages.rs", "use diesel_migrations as d;", 1, "diesel has its home");
    must_break("invoices/forms.rs", "#[derive(actix_web::Form)] struct X;", 1, "actix has its home");
    must_break("invoices/pages.rs", "fn f() { tera::Tera::new(); }", 1, "tera has its home");
    must_break("invoices/handlers.rs", "use lettre::Message;", 1, "lettre has its home");
    must_break("web/mod.rs", "use jsonwebtoken::encode;", 1, "home in auth/");
    must_break("web/mod.rs", "use argon2 as hash;\nfn f() {}", 1, "home in auth/");
    must_break("db/mod.rs", "pub mod schema; use std::{env, fs};", 1, "std::env has its home");
    must_break("main.rs", "fn main() { std::env::var(); }", 1, "std::env has its home");
}

#[test]
fn only_the_calendar_reads_the_clock() {
    let words = "only calendar.rs reads the present time";
    must_break("invoices/handlers.rs", "fn f() { chrono::Utc::now(); }", 1, words);
    must_break("web/mod.rs", "use chrono::Utc as Z;\nfn f() { Z::now(); }", 2, words);
    must_break("db/mod.rs", "pub mod schema; fn f() { x.map(SystemTime::now); }", 1, words);
}

#[test]
fn one_table_has_one_writer() {
    let words = "people is written by more than one module";
    let write = |call: &str| format!("use crate::db::schema::people;\nfn f() {{ {call}; }}");
    for call in [
        "diesel::insert_into(people::table)",
        "diesel::update(people::table.filter(x))",
        "diesel::delete(crate::db::schema::people::table.find(1))",
        "crate::db::insert_all(people::table, rows)",
        "diesel::sql_query(\"UPDATE people SET name = 1\")",
        "run(r#\"INSERT INTO people (id) VALUES (1)\"#)",
    ] {
        must_break("invoices/store.rs", &write(call), 2, words);
    }
    must_break("invoices/store.rs", &write("diesel::update(&person)"), 2, "names its table");
    let unnamed = "use diesel::dsl::*; fn f() { insert_into(x); }";
    must_break("invoices/store.rs", unnamed, 1, "names its table");
    assert!(judge("invoices/store.rs", &write("map.insert(people::id)")).is_empty());
}

#[test]
fn no_hasty_end_outside_tests() {
    must_break("money.rs", "fn f() {\n x.unwrap();\n}", 2, "unwrap");
    must_break(
        "money.rs",
        "#[cfg(test)]\nmod tests { fn f() { x.unwrap() } }\nfn g() { y.expect(\"z\") }",
        3,
        "expect",
    );
    must_break("money.rs", "#[cfg(not(test))] fn f() { todo!() }", 1, "todo");
    let tests = "#[cfg(test)] use x::{a};\n#[cfg(test)]\n#[allow(x)]\nmod tests { fn f() { x.unwrap() } }";
    assert!(judge("money.rs", tests).is_empty());
    assert!(judge("money.rs", "fn f() { x.unwrap_or(1); x.expect_none }").is_empty());
    let elsewhere = ["#[cfg(test)]\nmod tests;", "fn f() { x.unwrap() }"];
    let files = [("lib.rs", "mod money;"), ("money.rs", elsewhere[0]), ("money/tests.rs", elsewhere[1])];
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert!(House::new(files.into_iter(), "x").broken_rules().is_empty());
}

#[test]
fn comments_strings_and_lifetimes_are_no_code() {
    let text = r##"// use crate::config;
        /* use crate::config; /* nested */ x.unwrap() */
        /// [`crate::config::read`]
        const A: &str = "use crate::config; \" x.unwrap()";
        const B: &str = r#"crate::config " x.unwrap()"#;
        const C: [char; 3] = ['"', '\'', '\u{7f}'];
        const D: &[u8] = b"crate::config\"";
        fn f<'a>(x: &'a str) -> impl Iterator + use<'a> { x }
        "##;
    assert_eq!(judge("money.rs", text), Vec::<String>::new());
    must_break("money.rs", &format!("{text}\nfn g(y: char) {{ y == '\"'; crate::config::read() }}"), 10, "upward");
}

#[test]
fn a_template_that_nobody_names_is_found() {
    let source = ("render.rs".to_owned(), "const T: &str = \"a/show.html\";".to_owned());
    let house = House::new([source].into_iter(), "x");
    let templates = [
        ("layout.html", "{{ <tag words={page.x}/> }}"),
        ("a/show.html", "{% extends \"layout.html\" %}"),
        ("a/old.html", "{% include 'a/older.html' %}"),
        ("a/older.html", "{% include 'a/old.html' %}"),
        ("parts/used.html", "{% component tag(words) %}{% endcomponent tag %}"),
        ("parts/unused.html", "{% component ta(words) %}{% endcomponent ta %}"),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()));
    let unused = unused_templates(&house, &templates);
    assert_eq!(unused.len(), 3, "{unused:?}");
    assert!(unused[0].starts_with("templates/a/old.html:1: "));
}

#[test]
fn a_step_of_one_engine_only_is_found() {
    let files = |names: &[&str]| -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), String::new())).collect()
    };
    let both = files(&["0001_people/up.sql", "0001_people/down.sql"]);
    assert!(uneven_migrations(&both, &both).is_empty());
    let missing = uneven_migrations(&both, &[]);
    assert_eq!(missing.len(), 2);
    assert!(missing[0].starts_with("migrations/postgres/0001_people/up.sql"));
    assert_eq!(uneven_migrations(&both, &files(&["0001_people/up.sql"])).len(), 1);
}

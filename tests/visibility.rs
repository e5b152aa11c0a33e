//! Who sees what, printed for people: the table that the pages ask, as `docs/visibility.md`.
//! Set `TAILORMADE_TEST_UPDATE=1` to write the file anew; then read what changed.

use tailormade::auth::rights::visibility;

#[test]
fn the_table_of_who_sees_what_is_as_the_page_says() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/visibility.md");
    let table = visibility::table();
    if std::env::var_os("TAILORMADE_TEST_UPDATE").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), table, "docs/visibility.md says something else");
}

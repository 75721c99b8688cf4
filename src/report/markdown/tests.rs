use super::*;

#[test]
fn a_command_stands_whole_or_not_at_all() {
    assert_eq!(exact("cargo test -- --exact 'a|b'"), "`cargo test -- --exact 'a|b'`");
    for odd in ["echo `id`", "a\nb", "a\u{202e}b", &"x".repeat(251)] {
        assert_eq!(exact(odd), "replay in [incidents.json](incidents.json)", "{odd:?}");
    }
}

#[test]
fn what_the_template_does_not_vouch_for_is_made_plain() {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    templates.set_formatter(format);
    let hostile = context! { text => "<b> @all", nothing => Option::<String>::None, number => 5 };
    let rendered = templates.render_str("{{ text }} {{ nothing }}{{ number }} {{ text|safe }}", hostile);
    assert_eq!(rendered.expect("a template"), "`<b>` `@all` 5 <b> @all");
}

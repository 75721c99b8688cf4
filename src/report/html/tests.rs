use sha2::{Digest, Sha256};

use super::*;

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[test]
fn no_part_ends_its_element_early() {
    for (part, end) in [(STYLE, "</style"), (SCRIPT, "</script"), (SCRIPT, "<!--")] {
        assert!(!part.to_lowercase().contains(end), "{end}");
    }
}

/// The one use of markup is uPlot's, for labels, of which there are none here.
#[test]
fn texts_reach_the_page_as_texts() {
    let ours = SCRIPT.split_once("\n(() => {").expect("the scope").1;
    for way in
        ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "Function(", "eval(", "setHTML"]
    {
        assert!(!ours.contains(way), "{way}");
    }
}

#[test]
fn the_hash_is_that_of_the_policy() {
    // `printf '' | openssl dgst -sha256 -binary | base64`
    assert_eq!(hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    // To be written anew when the style or the script changes.
    assert_eq!((STYLE_HASH, SCRIPT_HASH), (hash(STYLE).as_str(), hash(SCRIPT).as_str()));
}

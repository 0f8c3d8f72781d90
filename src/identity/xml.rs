//! XML, as much as STS answers with: elements, attributes that say nothing, text. Anything else (comments, CDATA, a DTD) is refused.

use crate::text::{before, cut};

/// An element that holds text and no other element.
pub struct Leaf<'a> {
    parent: &'a str,
    name: &'a str,
    text: String,
}

/// The elements of a document that hold text, `None` where it is not such a document.
pub fn leaves(mut rest: &str) -> Option<Vec<Leaf<'_>>> {
    let (mut open, mut leaves, mut is_leaf) = (Vec::new(), Vec::new(), false);
    while let Some((text, after)) = cut(rest, |b| b == b'<') {
        let (tag, after) = cut(after, |b| b == b'>')?;
        rest = after;
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop()? != name.trim_ascii_end() {
                return None;
            }
            if is_leaf {
                let parent = open.last().copied().unwrap_or_default();
                leaves.push(Leaf { parent, name: name.trim_ascii_end(), text: unescaped(text)? });
            }
            is_leaf = false;
        } else {
            // An attribute with `>` in it ends elsewhere; an empty element tells nothing.
            if tag.starts_with('!') || tag.bytes().filter(|b| *b == b'"').count() % 2 != 0 {
                return None;
            }
            is_leaf = !tag.ends_with('/');
            if is_leaf {
                open.push(before(tag, |b| b.is_ascii_whitespace()));
            }
        }
    }
    (open.is_empty() && rest.trim_ascii().is_empty()).then_some(leaves)
}

/// The text of the element `name` in an element `parent`.
pub fn text<'a>(leaves: &'a [Leaf<'_>], parent: &str, name: &str) -> Option<&'a str> {
    Some(&leaves.iter().find(|leaf| leaf.parent == parent && leaf.name == name)?.text)
}

/// XML 1.0, 4.1 and 4.6: character references and the predefined entities.
fn unescaped(mut text: &str) -> Option<String> {
    let mut plain = String::new();
    while let Some((literal, after)) = cut(text, |b| b == b'&') {
        plain.push_str(literal);
        let (entity, after) = cut(after, |b| b == b';')?;
        text = after;
        plain.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let code = entity.strip_prefix('#')?;
                let (digits, radix) = code.strip_prefix('x').map_or((code, 10), |hex| (hex, 16));
                let add = |value: u32, digit: char| value.checked_mul(radix)?.checked_add(digit.to_digit(radix)?);
                char::from_u32(digits.chars().try_fold(0, add)?).filter(|_| !digits.is_empty())?
            }
        });
    }
    plain.push_str(text);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(xml: &str, parent: &str, name: &str) -> Option<String> {
        text(&leaves(xml)?, parent, name).map(str::to_owned)
    }

    #[test]
    fn reads_the_text_of_an_element() {
        let xml = "<?xml version=\"1.0\"?>\n<a xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n <b><c >1 &lt; 2 &amp;amp; &#x82b1;&#23376;&quot;&apos;&gt;</c\n></b>\n <c>other</c><d/><e></e>\n</a>\n";
        assert_eq!(read(xml, "b", "c").as_deref(), Some("1 < 2 &amp; 花子\"'>"));
        assert_eq!(read(xml, "a", "c").as_deref(), Some("other"));
        assert_eq!(read(xml, "a", "e").as_deref(), Some(""));
        assert_eq!((read(xml, "a", "b"), read(xml, "a", "d"), read(xml, "", "a")), (None, None, None));
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        for xml in [
            "<a>",
            "</a>",
            "<a></b>",
            "<a><b></a></b>",
            "<a",
            "<a>&unknown;</a>",
            "<a>&#x110000;</a>",
            "<a>&#;</a>",
            "<a>&amp</a>",
            "<!DOCTYPE a><a></a>",
            "<a><!-- - --></a>",
            "<a><![CDATA[x]]></a>",
            "<a b=\">\"></a>",
            "<a></a>rest",
            "<html><br></html>",
        ] {
            assert!(leaves(xml).is_none(), "{xml}");
        }
    }

    proptest! {
        #[test]
        fn reads_back_what_was_escaped(written in "\\PC{0,40}") {
            let escaped = written.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            prop_assert_eq!(read(&format!("<a><b>{escaped}</b></a>"), "a", "b"), Some(written));
        }

        #[test]
        fn survives_anything(xml in "[<>/ab!?&;#x1\" ]{0,40}|.{0,40}") {
            let _ = leaves(&xml);
        }
    }
}

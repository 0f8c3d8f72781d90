//! Which route a path takes: templates with `{name}` and `{proxy+}`, and their precedence.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::message::percent_decode;

/// How a template matched a path. The least is the most specific.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathMatch {
    segments: Vec<Segment>,
    /// What the variables matched, decoded.
    pub parameters: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal,
    Variable,
    Greedy,
}

impl PathMatch {
    /// A full match comes before a greedy one; then the template with the earlier literal segment.
    pub fn cmp_specificity(&self, other: &Self) -> Ordering {
        let is_greedy = |path: &Self| path.segments.last() == Some(&Segment::Greedy);
        is_greedy(self).cmp(&is_greedy(other)).then_with(|| self.segments.cmp(&other.segments)).then_with(|| {
            // Of two greedy templates the longer one is the more specific.
            other.segments.len().cmp(&self.segments.len())
        })
    }
}

/// Matches a path against a template. A `{proxy+}` at the end takes one segment or more.
pub fn match_path(template: &str, path: &str) -> Option<PathMatch> {
    let mut found = PathMatch { segments: Vec::new(), parameters: BTreeMap::new() };
    let mut rest = path.strip_prefix('/')?.split('/');
    for segment in template.strip_prefix('/')?.split('/') {
        let variable = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        match variable.map(|name| name.strip_suffix('+').ok_or(name)) {
            None if rest.next()? == segment => found.segments.push(Segment::Literal),
            None => return None,
            Some(Err(name)) => {
                let value = rest.next().filter(|value| !value.is_empty())?;
                found.segments.push(Segment::Variable);
                found.parameters.insert(name.to_owned(), percent_decode(value));
            }
            Some(Ok(name)) => {
                let value = rest.by_ref().collect::<Vec<_>>().join("/");
                if value.is_empty() {
                    return None;
                }
                found.segments.push(Segment::Greedy);
                found.parameters.insert(name.to_owned(), percent_decode(&value));
            }
        }
    }
    rest.next().is_none().then_some(found)
}

/// The most specific of several templates.
pub fn most_specific<'a, T>(candidates: impl Iterator<Item = (&'a str, T)>, path: &str) -> Option<(T, PathMatch)> {
    candidates
        .filter_map(|(template, item)| match_path(template, path).map(|found| (item, found)))
        .min_by(|(_, one), (_, other)| one.cmp_specificity(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose<'a>(templates: &[&'a str], path: &str) -> Option<&'a str> {
        most_specific(templates.iter().map(|template| (*template, *template)), path).map(|(template, _)| template)
    }

    #[test]
    fn literal_before_variable_before_greedy() {
        let templates = ["/{proxy+}", "/pets/{proxy+}", "/pets/{id}", "/pets/dog"];
        assert_eq!(choose(&templates, "/pets/dog"), Some("/pets/dog"));
        assert_eq!(choose(&templates, "/pets/cat"), Some("/pets/{id}"));
        assert_eq!(choose(&templates, "/pets/cat/1"), Some("/pets/{proxy+}"));
        assert_eq!(choose(&templates, "/cars"), Some("/{proxy+}"));
    }

    #[test]
    fn a_full_match_comes_before_a_greedy_one_with_an_earlier_literal() {
        assert_eq!(choose(&["/pets/{proxy+}", "/{kind}/dog"], "/pets/dog"), Some("/{kind}/dog"));
    }

    #[test]
    fn a_greedy_variable_takes_at_least_one_segment() {
        assert_eq!(choose(&["/{proxy+}"], "/"), None);
        assert_eq!(choose(&["/"], "/"), Some("/"));
    }

    #[test]
    fn variables_are_decoded() {
        let found = match_path("/items/{id}/{proxy+}", "/items/a%20b/c/d").unwrap();
        let parameters: Vec<_> = found.parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(parameters, [("id", "a b"), ("proxy", "c/d")]);
    }
}

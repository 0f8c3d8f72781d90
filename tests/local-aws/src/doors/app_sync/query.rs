//! As much of a GraphQL document as says which fields of `Query` or `Mutation` it wants.

/// An operation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operation {
    /// `Query` or `Mutation`.
    pub(super) type_name: &'static str,
    /// The fields at its root, by their own names.
    pub(super) fields: Vec<String>,
}

impl Operation {
    /// Reads the first operation of a document.
    pub(super) fn parse(document: &str) -> Option<Self> {
        let tokens = tokens(document);
        let type_name = match tokens.first()?.as_str() {
            "query" | "{" => "Query",
            "mutation" => "Mutation",
            _ => return None,
        };
        let mut fields = Vec::new();
        let (mut braces, mut parentheses) = (0_u32, 0_u32);
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token.as_str() {
                "(" => parentheses += 1,
                ")" => parentheses = parentheses.checked_sub(1)?,
                _ if parentheses > 0 => {}
                "{" => braces += 1,
                "}" => {
                    braces = braces.checked_sub(1)?;
                    if braces == 0 {
                        return (!fields.is_empty()).then_some(Self { type_name, fields });
                    }
                }
                // `alias: field`
                _ if braces == 1 && tokens.peek().is_some_and(|next| next == ":") => {}
                name if braces == 1 && name != ":" => fields.push(name.to_owned()),
                _ => {}
            }
        }
        None
    }
}

/// Names and punctuation; what a string holds is no punctuation.
fn tokens(document: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = document.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '#' => while rest.next_if(|next| *next != '\n').is_some() {},
            '"' => {
                while let Some(next) = rest.next_if(|next| *next != '"') {
                    if next == '\\' {
                        rest.next();
                    }
                }
                rest.next();
            }
            '{' | '}' | '(' | ')' | ':' => tokens.push(character.to_string()),
            _ if character.is_alphanumeric() || character == '_' => {
                let mut name = character.to_string();
                while let Some(next) = rest.next_if(|next| next.is_alphanumeric() || *next == '_') {
                    name.push(next);
                }
                tokens.push(name);
            }
            _ => {}
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_the_root() {
        for (document, type_name, fields) in [
            ("{ whoami }", "Query", &["whoami"][..]),
            ("query Q($a: String = \"}\") { me: whoami(a: $a) { name } # }\n items }", "Query", &["whoami", "items"]),
            ("mutation { put(text: \"a \\\" ) {\") }", "Mutation", &["put"]),
        ] {
            let fields = fields.iter().map(|field| (*field).to_owned()).collect();
            assert_eq!(Operation::parse(document), Some(Operation { type_name, fields }), "{document}");
        }
        for broken in ["", "{", "{ }", "fragment F on T { a }", "query {{ a }"] {
            assert_eq!(Operation::parse(broken), None, "{broken}");
        }
    }
}

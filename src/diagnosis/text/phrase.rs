//! What sentences about evidence are made of, in both languages.

use super::{line_after, next_line};
use crate::diagnosis::failure::Locale;

macro_rules! phrases {
    ($($name:ident = $en:literal | $ja:literal;)*) => {
        /// A sentence, or a part of one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::diagnosis) enum Phrase { $($name,)* }

        /// A line for each, in their order.
        #[cfg(feature = "texts")]
        pub(super) static LINES: [&str; 2] = [concat!($($en, "\n"),*), concat!($($ja, "\n"),*)];
    };
}

phrases! {
    Online = "The browser is online." | "ブラウザーはオンラインです。";
    Offline = "The browser is offline." | "ブラウザーはオフラインです。";
    Blocked = "The page's policy blocked it: " | "ページのポリシーが遮断しました: ";
    Unrecorded = "The browser recorded no network request for the call." | "この呼び出しのネットワークリクエストは記録されていません。";
    FailedAtPreflight = "It failed during the preflight." | "プリフライトの段階で失敗しました。";
    FailedAtAnswer = "The preflight passed; the answer to the call failed." | "プリフライトは通り、本体の応答で失敗しました。";
    NothingOutside = "Outside the browser the dev server found nothing wrong." | "ブラウザーの外では、開発サーバーは問題を見つけませんでした。";
    CouldBeRead = " could be read, status " | ": 読み取り可（ステータス ";
    ReadEnds = "." | "）";
    WasAnswered = " was answered." | ": 応答あり";
    WasRedirected = " was redirected." | ": リダイレクト";
    FailedWithPreflight = " failed, with its preflight." | ": プリフライトで失敗";
    FailedAfterPreflight = " failed, after its preflight had passed." | ": プリフライト通過後に失敗";
    Failed = " failed." | ": 失敗";
    WithCredentials = ", with credentials," | "（credentials あり）";
    NoCors = "A GET without CORS" | "CORS なしの GET";
    Simple = "A GET without headers" | "ヘッダーなしの GET";
    HeaderBegins = "A GET with the header " | "ヘッダー ";
    HeaderEnds = "" | " 付きの GET";
    RandomHeader = "A GET with a header that nobody lists" | "どこにも登録されていないヘッダー付きの GET";
    MadeUpHeaders = "A GET with made-up values of the call's headers" | "仮の値のヘッダー付きの GET";
    AllHeaders = "A GET with the call's own headers" | "元のヘッダー付きの GET";
    ManualRedirect = "A GET that does not follow redirects" | "リダイレクトを追わない GET";
    Control = "A request to the page's own server" | "ページ自身のサーバーへのリクエスト";
    NullOrigin = "A GET from a frame without an origin" | "オリジンのないフレームからの GET";
    RedirectAway = "A GET that may not leave the API's origin" | "API のオリジンから出られない GET";
    ServerAnswered = "The server answered " | "サーバーの応答 ";
    WeSigned = ": we signed " | ": 署名したのは ";
    ApiSaw = ", the API saw " | "、API に届いたのは ";
    DifferenceEnds = ". " | " です。";
    DiffersUnseen = ": the API did not see what we signed. " | ": 署名したものと API に届いたものが異なります。";
}

/// A phrase in a language.
pub(in crate::diagnosis) fn phrase(phrase: Phrase, locale: Locale) -> &'static str {
    #[cfg(feature = "texts")]
    let lines = super::in_language(LINES, locale);
    #[cfg(not(feature = "texts"))]
    let lines = {
        // a module speaks one language
        let _ = locale;
        super::told::part(1)
    };
    next_line(&mut line_after(lines, phrase as usize))
}

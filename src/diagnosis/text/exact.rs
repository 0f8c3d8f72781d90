//! What only the exact diagnosis finds, in both languages.

use super::texts;
use crate::diagnosis::code::Code;

texts! {
    EN of super::CODES.1;
    HostNotFound {
        title: "the host name $HOST does not exist",
        detail: "The name does not resolve, so nothing was sent. Look for a wrong API id or region in the URL, a deleted API, or a custom domain without a DNS record.",
    }
    ConnectionRefused {
        title: "nothing listens at $HOST: the connection was refused",
        detail: "The host exists, and no server accepts connections at that port. Locally: the emulator is not running, or runs at another port. API Gateway, function URLs and CloudFront answer https at port 443 only.",
    }
    ConnectionReset {
        title: "$HOST closes the connection without an answer",
        detail: "The connection was made and closed again before any answer. A crashed server, a proxy or firewall between, or mutual TLS that refuses the client does that.",
    }
    CertificateInvalid {
        title: "the TLS certificate of $HOST is not accepted",
        detail: "The certificate is for another name, has expired, or is signed by nobody that browsers trust. A custom domain of API Gateway or CloudFront needs a certificate of ACM that names $HOST; without one the server shows its own.",
    }
    TimedOut {
        title: "$HOST does not answer in time",
        detail: "The request was sent, or tried, and nothing came back. Behind API Gateway an integration gets 29 or 30 seconds; no connection at all points to a firewall, a VPN or a private API.",
    }
    NotHttp {
        title: "what answers at $HOST does not speak HTTP",
        detail: "The port belongs to something else, or the scheme is the wrong one of http and https. Check scheme and port of $API.",
    }
    AnswerTooLarge {
        title: "the headers of the answer from $HOST are over the limit",
        detail: "Browsers read 256 KiB of headers at most and drop the connection beyond that; CORS plays no part. Look for one value that grows, a cookie or a token for example, or for a header that is set in a loop.",
    }
    PreflightNotGiven {
        title: "the browser asks OPTIONS before this call, and no answer to it was given",
        detail: "The method or a header needs the server's permission, so the browser sends $METHOD only after a good answer to OPTIONS. Hand that answer over as `preflight`: without it nobody can say whether the call is ever sent.",
    }
    RedirectLoop {
        title: "the call is redirected more than twenty times",
        detail: "Browsers give up at the twenty-first redirect. Two rules undo each other: http to https and back, a slash added and taken away, or a login that sends back to itself.",
    }
    PreflightWithoutCors {
        title: "OPTIONS is answered by something that does not know CORS",
        detail: "The answer to the preflight has no Access-Control-Allow-Origin. It does not come from CORS settings but from a function, a mock without header mappings, or a server behind. It must answer OPTIONS with 200 or 204 and the headers Access-Control-Allow-Origin: $ORIGIN, -Methods: $METHOD and -Headers: $HEADERS_CSV.",
    }
    OpaqueAnswer {
        title: "the answer arrived, but mode: \"no-cors\" keeps it from the script",
        detail: "A no-cors answer has status 0 and no body for the script, whatever the server says; and headers such as Authorization are dropped before sending. Use mode \"cors\" and let the server allow the page.",
    }
    OriginReflected {
        title: "the server lets in any origin: it repeats whatever Origin it gets",
        detail: "OPTIONS from an origin that nobody knows was answered with that origin in Access-Control-Allow-Origin. Function code or a CloudFront Function copies the header without looking. With Access-Control-Allow-Credentials: true every web site could call the API with the user's cookies. Compare Origin with an explicit list.",
    }
    AuthorizationWildcard {
        title: "Access-Control-Allow-Headers: * does not cover Authorization by the standard",
        detail: "Today's browsers let it pass and warn. The Fetch standard wants authorization listed by name, and Chrome does not cache such a preflight: every single call asks OPTIONS first. List authorization beside the `*`.",
    }
}

texts! {
    JA of super::CODES.1;
    HostNotFound {
        title: "ホスト名 $HOST が存在しません",
        detail: "名前解決に失敗し、何も送信されていません。URL の API ID やリージョンの誤り、削除された API、DNS レコードのないカスタムドメインが考えられます。",
    }
    ConnectionRefused {
        title: "$HOST への接続が拒否されました（待ち受けているサーバーがありません）",
        detail: "ホストは存在しますが、そのポートで接続を受け付けるサーバーがありません。ローカルなら、エミュレーターが起動していないか別のポートで動いています。API Gateway、関数 URL、CloudFront が応答するのは https の 443 番だけです。",
    }
    ConnectionReset {
        title: "$HOST が応答せずに接続を切断しました",
        detail: "接続はできましたが、応答の前に切断されました。サーバーのクラッシュ、途中のプロキシやファイアウォール、クライアント証明書を求める相互 TLS が原因になります。",
    }
    CertificateInvalid {
        title: "$HOST の TLS 証明書が受け入れられません",
        detail: "証明書が別の名前のものか、期限切れか、ブラウザーが信頼しない発行者のものです。API Gateway や CloudFront のカスタムドメインには、$HOST を含む ACM の証明書が必要です。なければサーバー自身の証明書が提示されます。",
    }
    TimedOut {
        title: "$HOST から時間内に応答がありません",
        detail: "送信しても（または接続しても）何も返ってきませんでした。API Gateway の統合の上限は 29〜30 秒です。接続自体ができない場合は、ファイアウォール、VPN、プライベート API を疑ってください。",
    }
    NotHttp {
        title: "$HOST で応答したのは HTTP サーバーではありません",
        detail: "ポートが別のサービスのものか、http と https を取り違えています。$API のスキームとポートを確認してください。",
    }
    AnswerTooLarge {
        title: "$HOST の応答ヘッダーが上限を超えています",
        detail: "ブラウザーが受け取るヘッダーは合計 256 KiB までで、超えると接続を切断します。CORS の問題ではありません。Cookie やトークンなど増え続ける値や、繰り返し設定されているヘッダーを探してください。",
    }
    PreflightNotGiven {
        title: "この呼び出しに必要な OPTIONS への応答が渡されていません",
        detail: "メソッドまたはヘッダーにサーバーの許可が必要なため、ブラウザーは OPTIONS が成功するまで $METHOD を送りません。その応答を `preflight` として渡してください。ないままでは、呼び出しが送られるかどうかを判断できません。",
    }
    RedirectLoop {
        title: "リダイレクトが 20 回を超えました",
        detail: "ブラウザーは 21 回目のリダイレクトであきらめます。http と https の往復、末尾スラッシュの付け外し、自分自身に戻るログインなど、2 つの規則が打ち消し合っています。",
    }
    PreflightWithoutCors {
        title: "OPTIONS に応答しているのは、CORS を知らない相手です",
        detail: "プリフライトの応答に Access-Control-Allow-Origin がありません。CORS 設定ではなく、関数、ヘッダーマッピングのないモック、背後のサーバーが応答しています。OPTIONS には 200 または 204 と、Access-Control-Allow-Origin: $ORIGIN、-Methods: $METHOD、-Headers: $HEADERS_CSV を返す必要があります。",
    }
    OpaqueAnswer {
        title: "応答は届きましたが、mode: \"no-cors\" のためスクリプトからは読めません",
        detail: "no-cors の応答は、サーバーが何を返してもステータス 0、本文なしになります。Authorization などのヘッダーも送信前に落とされます。mode を \"cors\" にし、サーバー側でページを許可してください。",
    }
    OriginReflected {
        title: "サーバーがどのオリジンでも許可しています（Origin をそのまま返しています）",
        detail: "どこにも登録されていないオリジンからの OPTIONS に、そのオリジンがそのまま Access-Control-Allow-Origin で返りました。関数のコードか CloudFront Functions が確認せずにコピーしています。Access-Control-Allow-Credentials: true と併用すると、あらゆるサイトがユーザーの Cookie で API を呼べてしまいます。Origin は明示的なリストと照合してください。",
    }
    AuthorizationWildcard {
        title: "Access-Control-Allow-Headers: * は、標準では Authorization を含みません",
        detail: "現在のブラウザーは警告だけで通しますが、Fetch 標準は authorization の明記を求めています。また Chrome はこのプリフライトをキャッシュせず、呼び出しのたびに OPTIONS を送ります。`*` に加えて authorization を明記してください。",
    }
}

//! Japanese.

use super::texts;
use crate::diagnosis::code::Code;

texts! {
    LINES of super::CODES.0;
    ModeSameOrigin {
        title: "リクエストの mode が same-origin なのに、URL は別オリジンです",
        detail: "`mode: \"same-origin\"` では別オリジンへの呼び出しがすべて禁止されます。$HOST は $ORIGIN とは別オリジンです。mode を外すか \"cors\" にしてください。",
    }
    NoCorsRedirectMode {
        title: "no-cors のリクエストでは redirect を follow 以外にできません",
        detail: "`mode: \"no-cors\"` で許されるのは `redirect: \"follow\"` だけです。そもそも no-cors の応答は読めないため、API の呼び出しでは `mode: \"cors\"` を使います。",
    }
    UnsupportedScheme {
        title: "URL が https:// でも http:// でもありません",
        detail: "スクリプトから呼び出せるのは http と https の URL だけです。URL、またはその元になる環境変数の打ち間違いを確認してください。",
    }
    UrlHasCredentials {
        title: "URL にユーザー名またはパスワードが含まれています",
        detail: "ブラウザーは https://user:password@host の形の URL を fetch できません。認証情報はヘッダーで送ってください。",
    }
    RedirectRefused {
        title: "サーバーがリダイレクトを返しましたが、リクエストがそれを禁止しています",
        detail: "`redirect: \"error\"` ではリダイレクトがすべて失敗になります。署名やルートのヘッダーが付いたリクエストも、それらが別の場所へ渡らないよう、gatepass がリダイレクトを止めます。最終的に応答する URL を直接呼び出してください。",
    }
    MethodLowerCase {
        title: "メソッドが小文字の「$METHOD_SENT」のまま送られています（サーバーが許可するのは $METHOD）",
        detail: "ブラウザーが自動で大文字にするのは GET、POST、PUT、DELETE、HEAD、OPTIONS だけです。それ以外は書いたとおりに送られ、Access-Control-Allow-Methods とは大文字小文字を区別して比較されます。$METHOD と書いてください。",
    }
    Offline {
        title: "ブラウザーがオフラインです",
        detail: "端末がネットワークに接続されていないため、何も送信されていません。接続が戻ってから再試行してください。",
    }
    CspConnectSrc {
        title: "ページの Content Security Policy（connect-src）が API を許可していません",
        detail: "connect-src に $API が含まれていないため、ブラウザーが送信前に遮断しました。このオリジンをそのまま追加してください。",
    }
    MixedContent {
        title: "https のページから http の URL を呼び出しています",
        detail: "混在コンテンツ（mixed content）として、ブラウザーが送信前に遮断します。API Gateway、関数 URL、CloudFront にはいずれも https の URL があるので、そちらを使ってください。",
    }
    ExtensionBlocked {
        title: "ブラウザー内の何か（おそらく拡張機能）がこの URL を遮断しています",
        detail: "ほかの通信はできるのに、この呼び出しだけ 1 ミリ秒以内に失敗しています。広告・プライバシー系のブロッカーや、社内のブラウザーポリシーでよく見られる症状です。",
    }
    LocalNetworkDenied {
        title: "ページにローカルネットワークへのアクセスが許可されていません",
        detail: "$HOST はプライベートネットワーク内、またはこの端末上にあり、ページは外部から配信されています。この場合 Chrome はユーザーに許可を求めますが、拒否されたか、まだ許可されていません。",
    }
    LocalNetworkInsecure {
        title: "http のページからはローカルネットワークにアクセスできません",
        detail: "$HOST はプライベートネットワーク内、またはこの端末上にありますが、ページが https ではありません。Chrome はこの組み合わせを許可しません。",
    }
    TargetAddressSpace {
        title: "サーバーが targetAddressSpace で指定したアドレス空間にありません",
        detail: "`targetAddressSpace` は $HOST が実際にある場所に合わせます。このマシンなら loopback、プライベートネットワークなら local、それ以外は public です。正しい値にするか、https の URL なら指定を外してください。",
    }
    StreamNeedsHttp2 {
        title: "ストリームのボディには HTTP/2 が必要ですが、$HOST は対応していません",
        detail: "Chromium は ReadableStream を HTTP/2 または HTTP/3 でしか送信せず、それ以外では CORS の判定より前に拒否します。http:// の URL では使えません。HTTP/2 に対応した https の URL を呼び出すか、Blob、ArrayBuffer、文字列として送信してください。",
    }
    Unreachable {
        title: "$HOST に接続できません（DNS、接続、TLS のいずれか）",
        detail: "CORS を使わないリクエストも届いていないため、CORS の問題ではありません。ホスト名が存在しない（API ID やリージョンの誤り）、接続が拒否・切断された、証明書が合わない、のどれかはスクリプトからは判別できません。$API を別タブで開くと、ブラウザーのエラー画面で原因がわかります。",
    }
    PreflightConnectionLost {
        title: "プリフライト（OPTIONS）のときだけ接続が切れます",
        detail: "通常の GET には応答があるのに、OPTIONS には応答がありません。途中のプロキシやファイアウォールが OPTIONS を破棄しているか、サーバーが切断している可能性があります。curl -X OPTIONS -i $API$PATH で確認できます。",
    }
    PreflightAuthorizer {
        title: "プリフライトにオーソライザーが応答しています（OPTIONS が 401）",
        detail: "ブラウザーは本来のリクエストの前に OPTIONS を送りますが、そこにトークンは付きません。この HTTP API では OPTIONS がオーソライザー付きの $default または ANY ルートに一致し、オーソライザーに拒否されています。CORS の設定は正しく、ステータスだけが問題です。オーソライザーなしのルート OPTIONS /{proxy+} を追加すれば $default より優先され、API Gateway が CORS の設定からプリフライトに応答します。同じパスの ANY ルートがある場合は、そのパスの OPTIONS も必要です。",
    }
    PreflightAuthorizerNoCors {
        title: "プリフライトにオーソライザーが応答し、さらに API に CORS の設定がありません",
        detail: "OPTIONS にはトークンが付かないため、オーソライザー付きの $default または ANY ルートに一致すると 401 になります。Access-Control-Allow-Origin もないので、CORS も未設定です。$ORIGIN に対する CORS の設定と、オーソライザーなしのルート OPTIONS /{proxy+}（同じパスの ANY があればそのパスの OPTIONS）の両方が必要です。",
    }
    CorsNotConfigured {
        title: "HTTP API に CORS が設定されていません",
        detail: "API は応答していますが Access-Control-Allow-Origin がないため、ブラウザーがページに渡していません。CORS は API 側で設定します。設定すると、関数が返す CORS ヘッダーは無視されます。",
    }
    OriginNotAllowed {
        title: "ページのオリジン $ORIGIN が許可リストにありません",
        detail: "HTTP API と関数 URL は、リストにないオリジンには CORS ヘッダーを一切返さないようです。$ORIGIN と完全に一致する値（スキーム・ホスト・ポートのみ、パスや末尾のスラッシュなし）を登録してください。",
    }
    HeaderNotAllowed {
        title: "プリフライトでヘッダー $MISSING が許可されていません",
        detail: "Access-Control-Allow-Headers には、セーフリスト外のヘッダーをすべて列挙する必要があります。この呼び出しでは $MISSING が不足しています。既存の値に追加してください。`*` がある場合も authorization は明記します（プリフライトがキャッシュされるようになります）。",
    }
    MethodNotAllowed {
        title: "プリフライトでメソッド $METHOD が許可されていません",
        detail: "Access-Control-Allow-Methods に $METHOD を大文字で含める必要があります（`*` は credentials なしの呼び出しでのみ有効です）。",
    }
    AllowHeadersMalformed {
        title: "プリフライトの Access-Control-Allow-Headers を解釈できません",
        detail: "ヘッダー名をカンマ区切りで並べる必要があります。空白区切り、角括弧、引用符があるとリスト全体が無効になります。AWS の設定では 1 項目に 1 つずつ入れてください。",
    }
    AllowMethodsMalformed {
        title: "プリフライトの Access-Control-Allow-Methods を解釈できません",
        detail: "OPTIONS,$METHOD のようにメソッド名をカンマ区切りで並べます。角括弧、引用符、空白区切りがあるとリスト全体が無効になります。",
    }
    WildcardWithCredentials {
        title: "credentials: \"include\" の呼び出しでは Access-Control-Allow-Origin: * が無効です",
        detail: "Bearer トークンや署名に credentials の指定は不要です（Cookie のための設定です）。credentials: \"include\"（axios なら withCredentials）を外せば `*` のままで通ります。Cookie が必要な場合に限り、OPTIONS と本体の両方で $ORIGIN と Access-Control-Allow-Credentials: true を返します。",
    }
    CredentialsNotAllowed {
        title: "credentials: \"include\" の呼び出しですが、Access-Control-Allow-Credentials が \"true\" ではありません",
        detail: "Bearer トークンや署名に credentials の指定は不要です（Cookie のための設定です）。credentials: \"include\"（axios なら withCredentials）を外してください。Cookie が必要な場合に限り、OPTIONS と本体の両方で Access-Control-Allow-Credentials: true とオリジンの完全一致を返します。",
    }
    OptionsMissing {
        title: "REST API のこのパスに OPTIONS メソッドがないか、デプロイされていません",
        detail: "REST API は OPTIONS メソッドを定義したリソースでしかプリフライトに応答しません。なければ CORS ヘッダーなしの 403 Missing Authentication Token になります。リソースで CORS を有効にし、ステージにデプロイしてください。デプロイするまで反映されません。",
    }
    OptionsNeedsAuth {
        title: "REST API の OPTIONS に認証または API キーが必要な設定になっています",
        detail: "OPTIONS メソッドにオーソライザー、AWS_IAM、API キーのいずれかが付いていますが、プリフライトにはトークンが付きません。SAM では AddDefaultAuthorizerToCorsPreflight と AddApiKeyRequiredToCorsPreflight の既定値が true なので、false を明示します。",
    }
    OptionsNeedsAuthReadable {
        title: "プリフライトにオーソライザーが応答しています（OPTIONS が 401 または 403）",
        detail: "ゲートウェイレスポンスに CORS ヘッダーは付いていますが、プリフライトのステータスは 2xx でなければなりません。OPTIONS メソッドからオーソライザー、AWS_IAM、API キーを外してください。SAM なら AddDefaultAuthorizerToCorsPreflight: false です。",
    }
    OptionsMockFails {
        title: "OPTIONS のモック統合が 500 で失敗しています（バイナリメディアタイプ */* が原因の可能性）",
        detail: "バイナリメディアタイプに */* があると、モックのテンプレートがバイナリとして扱われて失敗し、CORS ヘッダーが付く前にエラーになります。",
    }
    PreflightStatus {
        title: "プリフライトのステータスが 2xx ではありません",
        detail: "OPTIONS への応答の CORS ヘッダーは正しいのですが、ステータスが 200〜299 ではありません。オーソライザーや、OPTIONS を想定していないコードがエラーを返しています。",
    }
    ResponseWithoutCors {
        title: "関数の応答に Access-Control-Allow-Origin がありません",
        detail: "プリフライトが通っても、本体の応答にヘッダーがなければブラウザーに遮断されます。Lambda プロキシ統合の REST API は何も付け加えないため、関数自身がエラー時も含めて返す必要があります。",
    }
    GatewayErrorWithoutCors {
        title: "API Gateway が CORS ヘッダーのないエラーを返しています",
        detail: "API Gateway 自身が作るエラー（401、403、413、429、5xx）には、既定では Access-Control-Allow-Origin が付きません。そのためページからは読めず、ブラウザーは CORS エラーとして扱います。多くはトークンの欠落か期限切れです。ゲートウェイレスポンスにヘッダーを加えれば、本当のエラーがアプリから読めます（HTTP API の 503 は、統合が 30 秒を超えた可能性が高いです）。",
    }
    IamErrorWithoutCors {
        title: "IAM 認可で拒否されましたが、その応答に CORS ヘッダーがありません",
        detail: "署名の不一致、認証情報の期限切れ、ロールに execute-api:Invoke の権限がない、のいずれかです。API Gateway の 403 には既定で Access-Control-Allow-Origin が付かないため、ページからは区別できません。まずゲートウェイレスポンスにヘッダーを加えてください。次の応答で原因がわかります。",
    }
    OriginMismatch {
        title: "Access-Control-Allow-Origin が $ORIGIN とは別のオリジンです",
        detail: "$ORIGIN と完全に一致する必要があります。www の有無、http/https、ポート、末尾のスラッシュ、「https:/」のようなスラッシュの欠落を確認してください。値は 1 つしか書けないため、複数許可する場合は許可リストと照合して一致したものを返します。",
    }
    OriginList {
        title: "Access-Control-Allow-Origin に複数のオリジンが書かれています",
        detail: "書けるのは 1 つだけです。複数のページから呼ぶ場合は Origin ヘッダーを許可リストと照合し、一致したものを Vary: Origin とともに返します。",
    }
    OriginMalformed {
        title: "Access-Control-Allow-Origin の値がオリジンの形式ではありません",
        detail: "スキームを含み、引用符のない $ORIGIN にします。単一引用符が必要なのは API Gateway のマッピングだけで、関数のコードでは不要です。",
    }
    DuplicateAllowOrigin {
        title: "Access-Control-Allow-Origin が二重に付いています",
        detail: "関数と CloudFront、関数とミドルウェアなど 2 か所で付けているようです。同じ値でも 2 つあればブラウザーは拒否します。付ける場所を 1 か所にしてください。",
    }
    RefusedBeforeRouting {
        title: "ルーティング前にすべて拒否されています（WAF、リソースポリシー、ドメインのいずれか）",
        detail: "OPTIONS も GET も CORS ヘッダーのない応答になります。WAF のルール、呼び出し元を許可していないリソースポリシー、API マッピングのないカスタムドメイン、無効化されたデフォルトエンドポイント、API ID の誤りが考えられます。URL を別タブで開くと応答を確認できます。",
    }
    WrongPath {
        title: "REST API にこのパスまたはステージがありません",
        detail: "REST API は存在しないパスに対し、OPTIONS を含めて CORS ヘッダーなしの 403 Missing Authentication Token を返します。ステージ名とパスを確認してください: $PATH",
    }
    FunctionUrlNoCors {
        title: "関数 URL に CORS が設定されていません",
        detail: "未設定の場合、OPTIONS も関数本体に届き、CORS ヘッダーのない応答になります。関数 URL 側で CORS を設定し、コードからは CORS ヘッダーを外してください。",
    }
    FunctionUrlDuplicateCors {
        title: "関数 URL の設定と関数のコードの両方が CORS ヘッダーを付けています",
        detail: "Lambda は両方をそのまま送るため、Access-Control-Allow-Origin が 2 つになり、同じ値でもブラウザーに拒否されます。設定側を残し、コード側のヘッダーを削除してください。",
    }
    FunctionUrlForbidden {
        title: "関数 URL が呼び出しを拒否しています（403 Forbidden）",
        detail: "AuthType が AWS_IAM なら、呼び出し元のロールに lambda:InvokeFunctionUrl と lambda:InvokeFunction が必要で、署名のサービス名は lambda です。AuthType が NONE でも、リソースポリシーで公開を許可する必要があります。",
    }
    CloudfrontMethods {
        title: "CloudFront がこのパスで OPTIONS を許可していません",
        detail: "ビヘイビアの許可メソッドが GET と HEAD だけなので、CloudFront 自身が CORS ヘッダーなしの 403 を返しています。API のビヘイビアではすべてのメソッドを許可してください。",
    }
    CloudfrontHostForwarded {
        title: "CloudFront が Host ヘッダーを転送しているため、API Gateway に拒否されています",
        detail: "API Gateway は Host で API を特定します。ビューワー側の Host が届くと 403 になります（エッジ最適化 API では「Bad request」の HTML、リージョン API では {\"message\":\"Forbidden\"}）。Host 以外をすべて転送する AllViewerExceptHostHeader を使ってください。",
    }
    CloudfrontAuthorizationDropped {
        title: "CloudFront が Authorization ヘッダーを転送していません",
        detail: "転送するポリシーがないと、CloudFront は GET と HEAD から Authorization を取り除きます。オーソライザーにはトークンが届かず、CORS ヘッダーなしの 401 になります。CachingDisabled と AllViewerExceptHostHeader を使ってください。",
    }
    CloudfrontSignatureHost {
        title: "署名したホストと、検証に使われるホストが異なります",
        detail: "SigV4 は Host ヘッダーも署名対象に含みます。CloudFront（または前段のドメインやプロキシ）が送る Host は署名時と異なります。ルートの signAs に背後のサービスから見える URL を指定すると、送信先は CloudFront のまま、そのサービス向けに署名します。",
    }
    CloudfrontCachedCors {
        title: "CloudFront が別オリジン向けのキャッシュを返している可能性があります",
        detail: "キャッシュされた応答には、別ページ向けの Access-Control-Allow-Origin が付いているか、何も付いていません。API のキャッシュを無効にするか、キャッシュキーに Origin を含めて Vary: Origin を返し、キャッシュを無効化（invalidation）してください。",
    }
    CloudfrontErrorPage {
        title: "CloudFront が API のエラーをアプリのページに置き換えています",
        detail: "カスタムエラーレスポンス（403/404 → index.html）はディストリビューション全体に効くため、API が OPTIONS に返した 403 も CORS ヘッダーのないページに置き換わります。",
    }
    CloudfrontOriginFailure {
        title: "CloudFront がオリジンから応答を得られません（502 または 504）",
        detail: "オリジンのドメイン名、TLS 証明書、ポートが CloudFront の設定と合っていないか、オリジンの応答が遅すぎる可能性があります。API のオリジンドメインには execute-api またはカスタムドメインを https only で指定します。",
    }
    CloudfrontCorsPolicy {
        title: "CloudFront の CORS ポリシーがヘッダー $MISSING を許可していません",
        detail: "マネージドのレスポンスヘッダーポリシーは Access-Control-Allow-Headers を返さないため、Authorization 付きの呼び出しには使えません。ヘッダー名を明記した独自のポリシーにしてください。",
    }
    CloudfrontBlocked {
        title: "CloudFront または WAF がリクエストをブロックしました",
        detail: "CloudFront 自身の「Request blocked」ページが返っています。ディストリビューションの WAF ルールか地域制限が原因と考えられます。",
    }
    PreflightRedirected {
        title: "プリフライトがリダイレクトされました（ブラウザーは許可しません）",
        detail: "OPTIONS に対してリダイレクトが返っています（http → https、末尾スラッシュの有無、ログイン画面など）。最終的に応答する URL を直接呼び出してください。",
    }
    Redirected {
        title: "呼び出しが CORS ヘッダーのない場所へリダイレクトされています",
        detail: "多くはログイン画面へのリダイレクトです。API の呼び出しにはリダイレクトではなく 401 を返してください。意図したリダイレクトなら、その応答とリダイレクト先の両方に Access-Control-Allow-Origin が必要です（2 回目のオリジン変更以降、Origin は \"null\" になります）。",
    }
    RedirectWithCredentials {
        title: "リダイレクト先の URL にユーザー名とパスワードが含まれています",
        detail: "CORS の呼び出しでは、このようなリダイレクトをブラウザーがたどりません。Location ヘッダーから user:password@ を取り除いてください。",
    }
    SamLocalNoCors {
        title: "sam local が OPTIONS に 403 を返しています（テンプレートに CORS の宣言がない）",
        detail: "sam local がプリフライトに応答するのは、テンプレートに Cors（REST API）または CorsConfiguration（HTTP API）がある場合だけです。OPTIONS メソッドを直接書いても一部しか反映されません。デプロイ後の API とは挙動が異なることがあります。",
    }
    SamLocalAuthorizer {
        title: "sam local のオーソライザーが拒否し、その応答に CORS ヘッダーがありません",
        detail: "sam local は GatewayResponses を無視するため、401/403 に CORS ヘッダーは付きません。ローカルで動くのは Lambda オーソライザーだけで、Cognito・JWT・IAM は動きません。sam local のターミナルで結果を確認してください。",
    }
    LocalstackOrigin {
        title: "LocalStack がページのオリジン $ORIGIN を許可していません",
        detail: "execute-api 以外のパスでは、LocalStack は未登録のオリジンに空の 403 を返します。EXTRA_CORS_ALLOWED_ORIGINS にページのオリジンを追加してください。",
    }
    JwtRejected {
        title: "JWT オーソライザーがトークンを拒否しました（401）",
        detail: "応答は読めているので CORS の問題ではありません。トークンがない、期限切れ、別のユーザープールのもの、または audience（アプリクライアント ID）がオーソライザーの設定と一致していません。www-authenticate を公開すれば、どれかがわかります。",
    }
    CognitoTokenRejected {
        title: "REST API のオーソライザーがトークンを拒否しました（401）",
        detail: "応答は読めているので CORS の問題ではありません。トークンがない、（おそらく）期限切れ、別のユーザープールのもの、または ID トークンが必要なところにアクセストークンを送っています。",
    }
    HttpApiForbidden {
        title: "HTTP API に拒否されました（403 Forbidden）",
        detail: "HTTP API は理由を返しません。JWT なら、ルートが求めるスコープがトークンにない可能性が高いです。IAM なら順に、ロールの execute-api:Invoke、CloudFront による Host やパスの変更（どのロールでも失敗）、古い認証情報、リージョンやサービス、時計のずれ（Date を公開すると判別できます）です。",
    }
    IamNotAuthorized {
        title: "ロール $ROLE に、ここでの $ACTION が許可されていません",
        detail: "署名は正しく、ロール $ROLE のどのポリシーも $ARN を許可していません。セッション名が CognitoIdentityCredentials なら、ID プールがゲスト、サインイン、グループのいずれかで選んだロールです。これだけを許可してください。",
    }
    PolicyDenied {
        title: "他で許可されていても、$POLICY が禁止しています",
        detail: "Deny はどの Allow より優先され、セッションポリシー、アクセス許可の境界、SCP は制限するだけなので、ロール $ROLE に許可を足しても変わりません。拡張フローのゲストにはセッションポリシーが付きます。",
    }
    AppsyncUnauthorized {
        title: "AppSync がこの認可方式を受け付けません",
        detail: "API、またはクエリの型やフィールドに、呼び出しの認可モードがありません。署名なら AWS_IAM（既定が別のモードならスキーマに @aws_iam も）と、ロールの appsync:GraphQL が必要です。",
    }
    ResourcePolicyDenied {
        title: "リソースポリシーが呼び出し元を許可していません",
        detail: "API（またはバケット）のポリシーの判断です。IP アドレス、VPC エンドポイント、アカウントの条件と Deny を確認してください。",
    }
    SignatureMismatch {
        title: "SigV4 の署名が API の受け取った内容と一致しません",
        detail: "署名してから届くまでの間に、Host（前段の CloudFront や別ドメイン）、パス、クエリ、署名対象ヘッダー（content-type への charset の付加など）、本文のいずれかが変わったか、シークレットキーが異なります。",
    }
    SignaturePath {
        title: "署名したパスと API から見えるパスが異なります",
        detail: "前段の CloudFront やマッピングが、パスにステージやオリジンパスを加えるか、一部を取り除くか、もう一度エンコードしています。signAs で指定してください。",
    }
    SignatureObjectKey {
        title: "署名したオブジェクトキーと S3 から見えるキーが異なります",
        detail: "S3 は届いたパスをデコードし（+ は空白、%2F はスラッシュになります）、エンコードし直して検証します。ブラウザーは . と .. を（%2E でも）解決します。キーはスラッシュで区切った部分ごとにエンコードし、+ は %2B にしてください。. や .. だけの部分を含むキーは、ブラウザーからは呼び出せません。",
    }
    SignatureKey {
        title: "署名した内容は API に届いていますが、シークレットキーが異なります",
        detail: "リクエストは一致しています。シークレットキーがアクセスキー ID と対でないか、署名キーの日付、リージョン、サービスが異なります。別のセッションの認証情報と混ぜないでください。",
    }
    SignatureScope {
        title: "署名のリージョン、サービス、日付のいずれかが API と異なります",
        detail: "検証する側のリージョンとサービスで署名します（API Gateway は execute-api、関数 URL は lambda、ほかに s3、appsync）。独自ドメインではルートに両方を指定します。",
    }
    IncompleteSignature {
        title: "届いた Authorization ヘッダーが SigV4 の署名ではありません",
        detail: "途中で置き換えられています（axios の既定値やインターセプターの Bearer トークン、プロキシ、CloudFront）。REST API は存在しないパスにも同じ応答を返します: $METHOD $PATH",
    }
    SignatureExpired {
        title: "署名の時刻がサーバーの時計とずれています",
        detail: "端末の時計がずれているか、署名してから送信までに時間がかかりすぎています。許容される差は API Gateway で数分（おそらく 5 分）、S3 で 15 分です。",
    }
    SecurityTokenRejected {
        title: "一時認証情報が期限切れのようです",
        detail: "ID プールの認証情報の有効期間は 1 時間です。新しい認証情報を取得し、呼び出す直前に署名してください。",
    }
    AccessKeyUnknown {
        title: "アクセスキーまたはセッショントークンが認識されません",
        detail: "セッショントークンがないか別の認証情報のもの、または別のパーティション（aws、aws-cn）やサーバーの認証情報です。3 つの値は同じ応答のものを使ってください。",
    }
    PresignedUrlExpired {
        title: "署名付き URL の期限が切れています",
        detail: "X-Amz-Expires が過ぎたか、署名した認証情報の期限が切れています（URL はそれより長くは使えません）。使う直前に作ってください。",
    }
    MissingAuthenticationToken {
        title: "REST API にこのメソッドやパスがないか、署名がありません",
        detail: "「Missing Authentication Token」は、存在しないパス・メソッド・ステージ、または AWS_IAM 認可のメソッドへの署名なしの呼び出しに対する REST API の応答です。トークンが原因であることはほとんどありません。$METHOD $PATH を確認してください。",
    }
    BearerAtWrongPath {
        title: "存在しないパス、または IAM 認可のメソッドに Bearer トークンを送っています",
        detail: "API Gateway が Authorization ヘッダーを SigV4 の署名として解釈しようとしています。一致するメソッドがないときの挙動なので、パス・メソッド・ステージの誤りがまず考えられます: $METHOD $PATH",
    }
    AuthorizerDenied {
        title: "Lambda オーソライザーが拒否しました",
        detail: "オーソライザーは実行され、返したポリシーが Deny か、このパスを含んでいません。別のパスのときのポリシーがキャッシュされている場合も同じ結果になります。",
    }
    Forbidden {
        title: "API Gateway がルーティング前に拒否しました（403 Forbidden）",
        detail: "API キーの欠落や誤り、WAF のルール、API マッピングのないカスタムドメイン、無効化されたデフォルトエンドポイント、API ID の誤り、CloudFront による Host の転送が考えられます。",
    }
    HttpApiIntegrationError {
        title: "HTTP API の統合が失敗しました（500）",
        detail: "関数が例外を投げた、応答の形式が正しくない、または API Gateway に呼び出し権限がありません。アクセスログの $context.integrationErrorMessage で確認できます。",
    }
    RestIntegrationError {
        title: "REST API が統合を実行できませんでした",
        detail: "API Gateway に関数の呼び出し権限がないか、関数が失敗しています。関数のログに呼び出しの記録がなければ、権限の不足です。",
    }
    CallerCredentials {
        title: "発信者のロールに関数の呼び出し権限がありません（Lambda が実行されずに 500）",
        detail: "AWS_IAM の場合、SAM の既定では API Gateway が「発信者の認証情報」で関数を呼び出すため、サインインしたユーザーのロールに lambda:InvokeFunction が必要になります。InvokeRole: NONE にすれば API Gateway 自身の権限で呼び出され、ユーザーに Lambda の権限は不要です。",
    }
    MalformedProxyResponse {
        title: "関数が失敗したか、プロキシ統合の応答形式ではありません（502）",
        detail: "関数は { statusCode: 数値, headers, body: 文字列 } を返す必要があります。例外、形式の誤り、6 MB 超過のいずれかです。",
    }
    IntegrationTimeout {
        title: "統合の応答がタイムアウトしました",
        detail: "REST API は 29 秒、HTTP API は 30 秒しか待ちません。すぐに応答して処理は非同期にするか、遅い箇所を特定してください。",
    }
    Throttled {
        title: "リクエストが多すぎます（429）",
        detail: "ステージ、アカウント、使用量プランのいずれかの上限に達した可能性が高いです（アプリケーション自身が 429 を返すこともあります）。時間をおいて再試行してください。ポーリングや複数タブがある場合は呼び出し頻度を下げます。",
    }
    NotFound {
        title: "ルートが見つかりません（404）",
        detail: "この API には $METHOD $PATH のルートがない可能性が高いです。名前付きステージの場合、execute-api のホストではステージ名がパスに入り、カスタムドメインでは入りません。",
    }
    RequestRefused {
        title: "API Gateway がリクエストの形式を拒否しました",
        detail: "必須パラメーターの欠落、モデルに合わない本文、受け付けないメディアタイプ、（おそらく）10 MB 超過のいずれかです。応答のメッセージで確認できます。",
    }
    ApplicationAnswered {
        title: "アプリケーション自身がエラーを返しています",
        detail: "API Gateway、CloudFront、オーソライザーの特徴がないため、背後の関数やサービスからの応答です。本文とログを確認してください。",
    }
    Answered {
        title: "サーバーは正常に応答しています",
        detail: "ステータスは 400 未満で、ページから読めています。説明すべき問題はありません。",
    }
    Unexplained {
        title: "呼び出しは失敗しましたが、試した範囲では原因がわかりません",
        detail: "理由は開発者ツールのコンソールにだけ表示され、スクリプトには知らされません。「Access to fetch at」で始まる行を確認してください。",
    }
}

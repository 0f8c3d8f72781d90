/** Japanese. */
import type { Own } from './index.js';

export const ja: Own = {
  help: `gatepass doctor: ブラウザーが呼び出しを拒否する理由と、その直し方を表示します

使い方: gatepass doctor <URL> --origin <オリジン> [オプション]

ブラウザーと同じリクエストを (必要ならプリフライトから) 送り、ブラウザーと同じ手順で判定します。

呼び出しの内容:
  --origin <オリジン>     ページのオリジン (例: https://app.example.com)
  --method <メソッド>     省略時は GET (--data があれば POST)
  --header <名前: 値>     ページが付けるヘッダー。何度でも指定できます
  --token <トークン>      "authorization: Bearer …" として送ります。"-" なら標準入力から読みます。
                          環境変数 GATEPASS_TOKEN でも渡せます (シェルの履歴に残りません)
  --credentials <モード>  omit、same-origin (省略時)、include
  --data <テキスト>       リクエストボディ
  --send all              データを変更しうるリクエストも、そのまま送ります。
                          省略時は、代わりにボディなしの GET を送ります

API についてわかっていること (診断がより正確になります):
  --kind <種類>           http-api, rest-api, function-url, cloudfront, sam-local, localstack, custom
  --auth <認証>           none, bearer, iam
  --engine <エンジン>     chromium (省略時), firefox, webkit, spec (Fetch 標準)

表示:
  --tool <ツール>         このツールの修正方法だけを表示します。何度でも指定できます:
                          console, sam, cloudformation, terraform, cdk, cli, code
  --json                  レポート全体を JSON で出力します
  --locale <言語>         en または ja。省略時は LANG に従います
  --no-color              色を付けません (環境変数 NO_COLOR でも同じ)
  --timeout <秒>          全リクエスト合計の制限時間。省略時は 10
  --help, --version

終了コード:
  0  ページは応答を読めます
  1  ブラウザーが呼び出しをブロックします
  2  コマンドラインに誤りがあります
  3  ページは応答を読めますが、ステータスがエラー (400 以上) です
  4  どこからも応答がありません
`,

  noCommand: "'gatepass doctor <URL> --origin <オリジン>' と入力してください。詳しくは 'gatepass --help' をご覧ください",
  unknownCommand: (name) => `'${name}' というコマンドはありません。'gatepass doctor <URL> --origin <オリジン>' と入力してください`,
  noUrl: "URL がありません。'gatepass doctor https://api.example.com/items --origin https://app.example.com' のように入力してください",
  notAUrl: (got) => `'${got}' は http または https の絶対 URL ではありません。'https://api.example.com/items' のように入力してください`,
  oneTooMany: (got) => `'${got}' は余分な引数です。URL は 1 つだけ指定し、空白を含む値は引用符で囲んでください`,
  unknownOption: (name, meant) =>
    `'${name}' というオプションはありません。${meant ? `'${meant}' と入力してください` : "一覧は 'gatepass --help' で表示できます"}`,
  needsValue: (name) => `${name} には値が必要です。'${name} …' と入力してください`,
  takesNone: (name) => `${name} に値は指定できません。'${name}' とだけ入力してください`,
  oneOf: (name, got, names) => `${name} に '${got}' は指定できません。${names.join('、')} のいずれかを指定してください`,
  noOrigin: "ページのオリジンがありません。'--origin https://app.example.com' のように指定してください",
  notAnOrigin: (got, meant) =>
    `--origin に指定できるのはスキーム、ホスト、ポートだけです ('${got}')。'--origin ${meant}' と入力してください`,
  notAHeader: "--header には名前、コロン、値を指定します。--header 'content-type: application/json' のように入力してください",
  badHeader: (name) => `ヘッダー '${name}' の名前または値に、HTTP で使えない文字があります。ASCII の文字だけで 1 行に書いてください`,
  forbiddenHeader: (name) => `'${name}' はスクリプトから設定できないヘッダーです。指定から外してください`,
  headerOfOption: (name, option) => `'${name}' はブラウザー自身が設定します。代わりに '${option}' を指定してください`,
  emptyToken: "トークンが空です。'--token <トークン>'、または '--token -' と標準入力で渡してください",
  badToken: 'トークンに使えない文字が含まれています。空白や引用符を除き、トークンだけを渡してください',
  twoTokens: "トークンとヘッダー 'authorization' の両方が指定されています。どちらか一方にしてください",
  bodyOfGet: (method) => `ブラウザーは ${method} でボディを送りません。--data を外すか、'--method POST' を指定してください`,
  notATime: (got) => `--timeout に '${got}' は指定できません。0.1 から 600 までの秒数を '--timeout 10' のように指定してください`,
  proxied: (variable) =>
    `${variable} が設定されていますが、doctor はプロキシを使いません。プロキシを通すブラウザーからは接続できる可能性があります。プロキシの要らない環境で実行してください`,
  broken: (message) => `doctor 自体の実行に失敗しました: ${message}`,

  blocked: (engine, error) => `${engine} はこの呼び出しをブロックします${error === null ? '' : ` (${error})`}`,
  readable: (status) => `ページは応答を読めます (${status})`,
  readableError: (status) => `ページは応答を読めますが、ステータスは ${status} です`,
  nothingAnswered: 'どこからも応答がありません',
  fromPage: (origin) => `呼び出し元のページ: ${origin}`,
  preflight: 'プリフライト',
  foreign: '別オリジンからのプリフライト。どのオリジンでも許可していないかを確認',
  moreSteps: (count) => `… ほか ${count} 件のリクエスト …`,
  beyond: 'ブラウザーはここまで進みません。応答元を調べるために送信',
  standIn: (method) => `${method} の代わり。--send all なら ${method} を送信`,
  missing: 'なし',
  moreHeaders: (count) => `… ほか ${count} 件のヘッダー`,
  failures: {
    dns: 'ホスト名を解決できません',
    refused: '接続を拒否されました',
    reset: '接続が切れました',
    tls: 'TLS の接続に失敗しました',
    'connect-timeout': '制限時間内に接続できません',
    timeout: '制限時間内に応答がありません',
    'not-http': '応答が HTTP ではありません',
    'too-large': 'ヘッダーがブラウザーの上限 (256 KiB) を超えています',
    other: 'リクエストに失敗しました',
  },
  marks: {
    WildcardOriginNotAllowed: () => "credentials: 'include' では無効",
    MissingAllowOriginHeader: (_, origin) => `${origin} が必要です`,
    MultipleAllowOriginValues: () => '値は 1 つだけにします',
    InvalidAllowOriginValue: () => 'オリジンの形式ではありません',
    AllowOriginMismatch: (_, origin) => `${origin} と一致する必要があります`,
    InvalidAllowCredentials: () => "credentials: 'include' では true が必要です",
    InvalidStatus: () => 'プリフライトのステータスは 200〜299 でなければなりません',
    DisallowedRedirect: () => 'プリフライトはリダイレクトできません',
    InvalidAllowMethodsPreflightResponse: () => 'メソッドの一覧として解釈できません',
    InvalidAllowHeadersPreflightResponse: () => 'ヘッダー名の一覧として解釈できません',
    MethodDisallowedByPreflightResponse: (what) => `${what} が必要です`,
    HeaderDisallowedByPreflightResponse: (what) => `${what} が必要です`,
    RedirectContainsCredentials: () => 'ユーザー名やパスワードを含めることはできません',
  },
  engines: { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKit', spec: 'Fetch 標準' },
  also: 'ほかにも',
  orElse: 'ほかの可能性',
  fix: (tool) => `直し方: ${tool}`,
  noFix: (tool) => `${tool} で直すところはありません`,
  moreFixes: (tools) => `ほかの直し方: ${tools.map((tool) => `--tool ${tool}`).join('、')}`,
  docs: (page) => `詳細: パッケージ gatepass の ${page}`,
};

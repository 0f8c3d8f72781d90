//! API Gateway, Lambda and IAM, CORS configuration aside.

use super::{Words, recipe, tool};

recipe! { OPTIONS_ROUTE = "A preflight route without an authorizer" | "オーソライザーなしのプリフライト用ルート";
    Console: "API Gateway → your HTTP API → Routes → Create, twice: OPTIONS /{proxy+}, and OPTIONS with the path of the route that the call takes (for $PATH, without the stage). Attach the integration that $default uses, and no authorizer. The closer path wins, and only then the named method: OPTIONS /{proxy+} outranks $default, but not an ANY route of the call's own path."
        | "API Gateway → 対象の HTTP API → Routes → 作成 で、OPTIONS /{proxy+} と、呼び出しが一致するルートと同じパスの OPTIONS（$PATH からステージ名を除いたもの）を作成します。$default と同じ統合をアタッチし、オーソライザーは付けません。パスの一致度、次にメソッド指定の順に優先されるため、OPTIONS /{proxy+} は $default には勝ちますが、同じパスの ANY には負けます。",
    Sam: "Events:\n  Preflight:\n    Type: HttpApi\n    Properties:\n      ApiId: !Ref Api\n      Method: OPTIONS\n      Path: /{proxy+}\n      Auth: { Authorizer: NONE }\n  PreflightOfRoute: # beside an ANY route: its own path, without the stage\n    Type: HttpApi\n    Properties:\n      ApiId: !Ref Api\n      Method: OPTIONS\n      Path: $PATH\n      Auth: { Authorizer: NONE }",
    Cloudformation: "PreflightRoute:\n  Type: AWS::ApiGatewayV2::Route\n  Properties:\n    ApiId: !Ref Api\n    RouteKey: OPTIONS /{proxy+}\n    AuthorizationType: NONE\n    Target: !Sub integrations/${Integration}\nPreflightOfRoute: # beside an ANY route: its own path, without the stage\n  Type: AWS::ApiGatewayV2::Route\n  Properties:\n    ApiId: !Ref Api\n    RouteKey: OPTIONS $PATH\n    AuthorizationType: NONE\n    Target: !Sub integrations/${Integration}",
    Terraform: "resource \"aws_apigatewayv2_route\" \"preflight\" {\n  # the second: beside an ANY route, its own path, without the stage\n  for_each           = toset([\"OPTIONS /{proxy+}\", \"OPTIONS $PATH\"])\n  api_id             = aws_apigatewayv2_api.api.id\n  route_key          = each.key\n  authorization_type = \"NONE\"\n  target             = \"integrations/${aws_apigatewayv2_integration.integration.id}\"\n}",
    Cdk: "// the second: beside an ANY route, its own path, without the stage\nfor (const path of ['/{proxy+}', '$PATH']) {\n  api.addRoutes({ path, methods: [HttpMethod.OPTIONS], integration, authorizer: new HttpNoneAuthorizer() });\n}",
    Cli: "aws apigatewayv2 create-route --api-id $API_ID --route-key 'OPTIONS /{proxy+}' \\\n  --authorization-type NONE --target integrations/INTEGRATION_ID\n# beside an ANY route: its own path, without the stage\naws apigatewayv2 create-route --api-id $API_ID --route-key 'OPTIONS $PATH' \\\n  --authorization-type NONE --target integrations/INTEGRATION_ID",
}

recipe! { FREE_OPTIONS = "OPTIONS without authorization" | "OPTIONS の認可を外す";
    Console: "API Gateway → your REST API → the resource of $PATH → OPTIONS → Method request: Authorization NONE, API key required false. Then Deploy API."
        | "API Gateway → 対象の REST API → $PATH のリソース → OPTIONS → メソッドリクエスト: 認可を NONE、API キーの必要性を false に。最後に「API をデプロイ」。",
    Sam: "Api:\n  Type: AWS::Serverless::Api\n  Properties:\n    Auth: # both are true unless you say otherwise\n      AddDefaultAuthorizerToCorsPreflight: false\n      AddApiKeyRequiredToCorsPreflight: false",
    Cloudformation: "# live after a new deployment only\nOptions:\n  Type: AWS::ApiGateway::Method\n  Properties:\n    HttpMethod: OPTIONS\n    AuthorizationType: NONE\n    ApiKeyRequired: false",
    Terraform: "# live after a new deployment only\nresource \"aws_api_gateway_method\" \"options\" {\n  http_method      = \"OPTIONS\"\n  authorization    = \"NONE\"\n  api_key_required = false\n}",
    Cdk: "resource.addMethod('OPTIONS', mock, {\n  authorizationType: AuthorizationType.NONE,\n  apiKeyRequired: false,\n});",
    Cli: "aws apigateway update-method --rest-api-id $API_ID --resource-id RESOURCE_ID --http-method OPTIONS --patch-operations \\\n  op=replace,path=/authorizationType,value=NONE op=replace,path=/apiKeyRequired,value=false\naws apigateway create-deployment --rest-api-id $API_ID --stage-name $STAGE",
}

recipe! { GATEWAY_RESPONSES = "CORS headers on gateway responses" | "ゲートウェイレスポンスに CORS ヘッダーを付ける";
    Console: "API Gateway → your REST API → Gateway responses → DEFAULT_4XX and DEFAULT_5XX → header Access-Control-Allow-Origin = '$ORIGIN' (with the quotes). Then Deploy API. From then on the app can read the error itself."
        | "API Gateway → 対象の REST API → ゲートウェイレスポンス → DEFAULT_4XX と DEFAULT_5XX → ヘッダー Access-Control-Allow-Origin = '$ORIGIN'（引用符ごと）。最後に「API をデプロイ」。以後、アプリがエラーの中身を読めるようになります。",
    Sam: "GatewayResponses:\n  DEFAULT_4XX:\n    ResponseParameters:\n      Headers:\n        Access-Control-Allow-Origin: \"'$ORIGIN'\"\n  DEFAULT_5XX:\n    ResponseParameters:\n      Headers:\n        Access-Control-Allow-Origin: \"'$ORIGIN'\"",
    Cloudformation: "# live after a new deployment only\nDefault4xx: # and the same for DEFAULT_5XX\n  Type: AWS::ApiGateway::GatewayResponse\n  Properties:\n    RestApiId: !Ref Api\n    ResponseType: DEFAULT_4XX\n    ResponseParameters:\n      gatewayresponse.header.Access-Control-Allow-Origin: \"'$ORIGIN'\"",
    Terraform: "# live after a new deployment only\nresource \"aws_api_gateway_gateway_response\" \"cors\" {\n  for_each            = toset([\"DEFAULT_4XX\", \"DEFAULT_5XX\"])\n  rest_api_id         = aws_api_gateway_rest_api.api.id\n  response_type       = each.key\n  response_parameters = { \"gatewayresponse.header.Access-Control-Allow-Origin\" = \"'$ORIGIN'\" }\n}",
    Cdk: "for (const type of [ResponseType.DEFAULT_4XX, ResponseType.DEFAULT_5XX]) {\n  api.addGatewayResponse(type.responseType, {\n    type,\n    responseHeaders: { 'Access-Control-Allow-Origin': \"'$ORIGIN'\" },\n  });\n}",
    Cli: "for type in DEFAULT_4XX DEFAULT_5XX; do\n  aws apigateway put-gateway-response --rest-api-id $API_ID --response-type $type --response-parameters \\\n    \"{\\\"gatewayresponse.header.Access-Control-Allow-Origin\\\":\\\"'$ORIGIN'\\\"}\"\ndone\naws apigateway create-deployment --rest-api-id $API_ID --stage-name $STAGE",
}

recipe! { BINARY_TYPES = "Binary media types" | "バイナリメディアタイプ";
    Console: "API Gateway → your REST API → API settings → Binary media types: name the types that you need instead of */*. Then Deploy API."
        | "API Gateway → 対象の REST API → API の設定 → バイナリメディアタイプ: */* ではなく、必要なタイプだけを指定。最後に「API をデプロイ」。",
    Sam: "Api:\n  Type: AWS::Serverless::Api\n  Properties:\n    BinaryMediaTypes: [image~1png] # those that you need, instead of *~1*",
    Cloudformation: "# live after a new deployment only\nIntegration: # of the OPTIONS method\n  Type: MOCK\n  ContentHandling: CONVERT_TO_TEXT",
    Terraform: "# live after a new deployment only\nresource \"aws_api_gateway_integration\" \"options\" {\n  type             = \"MOCK\"\n  content_handling = \"CONVERT_TO_TEXT\"\n}",
    Cdk: "new RestApi(this, 'Api', { binaryMediaTypes: ['image/png'] }); // those that you need, instead of '*/*'",
    Cli: "aws apigateway update-integration --rest-api-id $API_ID --resource-id RESOURCE_ID --http-method OPTIONS \\\n  --patch-operations op=replace,path=/contentHandling,value=CONVERT_TO_TEXT\naws apigateway create-deployment --rest-api-id $API_ID --stage-name $STAGE",
}

recipe! { DEPLOY = "Deploy the REST API" | "REST API をデプロイする";
    Console: "API Gateway → your REST API → Resources → Deploy API → stage $STAGE. Nothing that was changed is live before that."
        | "API Gateway → 対象の REST API → リソース → 「API をデプロイ」→ ステージ $STAGE。デプロイするまで、変更は反映されません。",
    Cloudformation: "Deployment2: # a new name for each deployment; the stage points to it\n  Type: AWS::ApiGateway::Deployment\n  Properties: { RestApiId: !Ref Api }\nStage:\n  Type: AWS::ApiGateway::Stage\n  Properties: { RestApiId: !Ref Api, StageName: $STAGE, DeploymentId: !Ref Deployment2 }",
    Terraform: "resource \"aws_api_gateway_deployment\" \"deployment\" {\n  rest_api_id = aws_api_gateway_rest_api.api.id\n  triggers = {\n    redeploy = sha1(jsonencode([ # all that is deployed, or aws_api_gateway_rest_api.api.body\n      aws_api_gateway_method.options,\n      aws_api_gateway_integration.options,\n      aws_api_gateway_integration_response.options,\n      aws_api_gateway_gateway_response.cors,\n    ]))\n  }\n  lifecycle { create_before_destroy = true }\n}\nresource \"aws_api_gateway_stage\" \"stage\" {\n  rest_api_id   = aws_api_gateway_rest_api.api.id\n  stage_name    = \"$STAGE\"\n  deployment_id = aws_api_gateway_deployment.deployment.id\n}",
    Cdk: "new RestApi(this, 'Api', { deploy: true }); // the default: `cdk deploy` then deploys every change",
    Cli: "aws apigateway create-deployment --rest-api-id $API_ID --stage-name $STAGE",
}

recipe! { LAMBDA_PERMISSION = "API Gateway may invoke the function" | "API Gateway に関数の呼び出しを許可する";
    Console: "CloudWatch Logs of the function first: if it ran, the error is in its code. If it did not run: API Gateway → the route or method → Integration → save it again, which grants the invoke permission."
        | "まず関数の CloudWatch Logs を確認します。実行されていれば原因はコードです。実行されていなければ、API Gateway → 対象のルート/メソッド → 統合 を保存し直すと、呼び出し権限が付与されます。",
    Cloudformation: "InvokePermission: # as the route has them: * for ANY and {id}, STAGE/$default for $default\n  Type: AWS::Lambda::Permission\n  Properties:\n    Action: lambda:InvokeFunction\n    FunctionName: !Ref Function\n    Principal: apigateway.amazonaws.com\n    SourceArn: !Sub arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/STAGE/$METHOD/ROUTE_PATH",
    Terraform: "resource \"aws_lambda_permission\" \"apigw\" {\n  action        = \"lambda:InvokeFunction\"\n  function_name = aws_lambda_function.function.function_name\n  principal     = \"apigateway.amazonaws.com\"\n  source_arn    = \"arn:aws:execute-api:$REGION:${data.aws_caller_identity.current.account_id}:$API_ID/STAGE/$METHOD/ROUTE_PATH\" # as the route has them\n}",
    Cdk: "fn.addPermission('apigw', { // LambdaIntegration and HttpLambdaIntegration do it themselves\n  principal: new ServicePrincipal('apigateway.amazonaws.com'),\n  sourceArn: api.arnForExecuteApi('$METHOD', '/ROUTE_PATH', 'STAGE'),\n});",
    Cli: "aws lambda add-permission --function-name FUNCTION --statement-id apigw --action lambda:InvokeFunction \\\n  --principal apigateway.amazonaws.com --source-arn 'arn:aws:execute-api:$REGION:ACCOUNT_ID:$API_ID/STAGE/$METHOD/ROUTE_PATH'",
}

recipe! { CALLER_CREDENTIALS = "No caller credentials" | "発信者認証情報を使わない";
    Console: "API Gateway → your REST API → the method → Integration request → untick \"Invoke with caller credentials\". Then Deploy API. The IAM authorization of the call stays as it is."
        | "API Gateway → 対象の REST API → メソッド → 統合リクエスト → 「発信者認証情報を使用した呼び出し」のチェックを外す。最後に「API をデプロイ」。呼び出し自体の IAM 認可はそのままです。",
    Sam: "Auth:\n  DefaultAuthorizer: AWS_IAM\n  InvokeRole: NONE # otherwise SAM invokes the function as the caller",
    Cloudformation: "# live after a new deployment only\nIntegration:\n  Type: AWS_PROXY\n  # delete: Credentials: arn:aws:iam::*:user/*\n  IntegrationHttpMethod: POST",
    Terraform: "# live after a new deployment only\nresource \"aws_api_gateway_integration\" \"integration\" {\n  type = \"AWS_PROXY\"\n  # delete: credentials = \"arn:aws:iam::*:user/*\"\n}",
    Cdk: "new LambdaIntegration(fn); // without credentialsPassthrough",
    Cli: "aws apigateway update-integration --rest-api-id $API_ID --resource-id RESOURCE_ID --http-method $METHOD \\\n  --patch-operations op=remove,path=/credentials\naws apigateway create-deployment --rest-api-id $API_ID --stage-name $STAGE",
}

recipe! { IAM_POLICY = "The role may invoke the API" | "ロールに API の呼び出しを許可する";
    Console: "IAM → role $ROLE → add a policy that allows $ACTION on $ARN. If the API has a resource policy, it must allow the same, and OPTIONS for everyone."
        | "IAM → ロール $ROLE → $ARN に対する $ACTION を許可するポリシーを追加。API にリソースポリシーがある場合は、そちらでも同じ許可と、OPTIONS の全員への許可が必要です。",
    Cloudformation: "- Effect: Allow\n  Action: $ACTION\n  Resource: $ARN",
    Terraform: "data \"aws_iam_policy_document\" \"invoke\" {\n  statement {\n    actions   = [\"$ACTION\"]\n    resources = [\"$ARN\"]\n  }\n}",
    Cdk: "role.addToPrincipalPolicy(new PolicyStatement({\n  actions: ['$ACTION'],\n  resources: ['$ARN'],\n}));",
    Cli: "aws iam put-role-policy --role-name $ROLE --policy-name invoke-api --policy-document \\\n  '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"$ACTION\",\"Resource\":\"$ARN\"}]}'",
}

recipe! { DENY = "What denies" | "拒否しているポリシー";
    Console: "IAM → role $ROLE → the $POLICY (a session policy: where the role is assumed; a service control policy: AWS Organizations): narrow the Deny that covers $ARN, or let the policy allow $ACTION there."
        | "IAM → ロール $ROLE → $POLICY（SCP は AWS Organizations）: $ARN にかかる Deny を狭めるか、$ACTION を許可します。",
    Cli: "aws iam get-role --role-name $ROLE --query Role.PermissionsBoundary\naws iam list-attached-role-policies --role-name $ROLE\naws iam list-role-policies --role-name $ROLE\naws iam simulate-principal-policy --policy-source-arn arn:aws:iam::ACCOUNT_ID:role/$ROLE \\\n  --action-names $ACTION --resource-arns '$ARN'",
}

recipe! { FUNCTION_URL_PERMISSION = "The role may invoke the function URL" | "ロールに関数 URL の呼び出しを許可する";
    Console: "IAM → the user's role → allow lambda:InvokeFunctionUrl, and lambda:InvokeFunction with the condition lambda:InvokedViaFunctionUrl = true: without it users could invoke the function directly, with any event. With AuthType NONE the function's resource-based policy must allow both in the same way."
        | "IAM → ユーザーのロール → lambda:InvokeFunctionUrl と、条件 lambda:InvokedViaFunctionUrl = true 付きの lambda:InvokeFunction を許可します。条件がないと、任意のイベントで関数を直接呼び出せてしまいます。AuthType が NONE なら、関数のリソースベースのポリシーで同じように両方を許可します。",
    Cloudformation: "- Effect: Allow # both in the policy of the user's role\n  Action: lambda:InvokeFunctionUrl\n  Resource: !GetAtt Function.Arn\n  Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': AWS_IAM } }\n- Effect: Allow\n  Action: lambda:InvokeFunction\n  Resource: !GetAtt Function.Arn\n  Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } } # by the URL only",
    Terraform: "data \"aws_iam_policy_document\" \"invoke_url\" { # for the user's role\n  statement {\n    actions   = [\"lambda:InvokeFunctionUrl\"]\n    resources = [aws_lambda_function.function.arn]\n    condition {\n      test     = \"StringEquals\"\n      variable = \"lambda:FunctionUrlAuthType\"\n      values   = [\"AWS_IAM\"]\n    }\n  }\n  statement {\n    actions   = [\"lambda:InvokeFunction\"]\n    resources = [aws_lambda_function.function.arn]\n    condition { # by the URL only\n      test     = \"Bool\"\n      variable = \"lambda:InvokedViaFunctionUrl\"\n      values   = [\"true\"]\n    }\n  }\n}",
    Cdk: "functionUrl.grantInvokeUrl(userRole); // both, the second by the URL only: needs a CDK of late 2025 or newer",
    Cli: "aws iam put-role-policy --role-name $ROLE --policy-name invoke-url --policy-document \\\n  '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"lambda:InvokeFunctionUrl\",\"Resource\":\"FUNCTION_ARN\",\"Condition\":{\"StringEquals\":{\"lambda:FunctionUrlAuthType\":\"AWS_IAM\"}}},{\"Effect\":\"Allow\",\"Action\":\"lambda:InvokeFunction\",\"Resource\":\"FUNCTION_ARN\",\"Condition\":{\"Bool\":{\"lambda:InvokedViaFunctionUrl\":\"true\"}}}]}'",
}

recipe! { TIMEOUTS = "The time that a function has" | "関数に与えられた時間";
    Console: "CloudWatch → the API's metrics (4XXError, 5XXError, IntegrationLatency) and the stage's access log show which error it is. REST APIs wait 29 seconds (regional ones longer, by quota), HTTP APIs 30."
        | "CloudWatch → API のメトリクス（4XXError / 5XXError / IntegrationLatency）とステージのアクセスログで、どのエラーかがわかります。REST API は 29 秒（リージョン API はクォータ引き上げで延長可）、HTTP API は 30 秒まで待ちます。",
    Code: "// answer at once, and do the work behind a queue\nawait sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: event.body }));\nreturn { statusCode: 202, headers: { 'Access-Control-Allow-Origin': '$ORIGIN' }, body: '' };"
        | "// すぐに応答を返し、処理はキューの先で行う\nawait sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: event.body }));\nreturn { statusCode: 202, headers: { 'Access-Control-Allow-Origin': '$ORIGIN' }, body: '' };",
    Cloudformation: "Integration: # regional REST APIs, after the quota for the integration timeout was raised\n  TimeoutInMillis: 60000",
    Terraform: "resource \"aws_api_gateway_integration\" \"integration\" {\n  timeout_milliseconds = 60000 # regional REST APIs, after the quota was raised\n}",
    Cdk: "new LambdaIntegration(fn, { timeout: Duration.seconds(60) }); // regional REST APIs, after the quota was raised",
    Cli: "aws apigateway update-integration --rest-api-id $API_ID --resource-id RESOURCE_ID --http-method $METHOD \\\n  --patch-operations op=replace,path=/timeoutInMillis,value=60000\naws apigateway create-deployment --rest-api-id $API_ID --stage-name $STAGE",
}

recipe! { LIMITS = "Limits" | "上限";
    Console: "API Gateway → the stage → Throttling: rate and burst; API keys: Usage plans → Quota. In the app: fewer calls, and a pause before the next try."
        | "API Gateway → ステージ → スロットリング（レートとバースト）。API キーなら「使用量プラン」→ クォータ。アプリ側では呼び出しを減らし、再試行の間隔を空けます。",
    Cloudformation: "# RATE and BURST: above what is there\n# AWS::ApiGateway::Stage\nMethodSettings:\n  - { ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: RATE, ThrottlingBurstLimit: BURST }\n# AWS::ApiGatewayV2::Stage\nDefaultRouteSettings: { ThrottlingRateLimit: RATE, ThrottlingBurstLimit: BURST }",
    Terraform: "resource \"aws_api_gateway_method_settings\" \"limits\" {\n  rest_api_id = aws_api_gateway_rest_api.api.id\n  stage_name  = \"$STAGE\"\n  method_path = \"*/*\"\n  settings { # above what is there\n    throttling_rate_limit  = RATE\n    throttling_burst_limit = BURST\n  }\n}",
    Cdk: "deployOptions: { throttlingRateLimit: RATE, throttlingBurstLimit: BURST }, // above what is there",
    Cli: "# RATE and BURST: above what is there\naws apigateway update-stage --rest-api-id $API_ID --stage-name $STAGE --patch-operations \\\n  'op=replace,path=/*/*/throttling/rateLimit,value=RATE' 'op=replace,path=/*/*/throttling/burstLimit,value=BURST'",
}

recipe! { RESOURCE_POLICY = "The API's resource policy" | "API のリソースポリシー";
    Console: "API Gateway → your REST API → Resource policy: allow execute-api:Invoke on $METHOD and on OPTIONS for the callers that you mean (their network in aws:SourceIp, or their VPC endpoint). Then Deploy API."
        | "API Gateway → 対象の REST API → リソースポリシー: 想定する呼び出し元（aws:SourceIp のネットワーク、または VPC エンドポイント）に、$METHOD と OPTIONS への execute-api:Invoke を許可。最後に「API をデプロイ」。",
    Sam: "Auth:\n  ResourcePolicy:\n    IpRangeWhitelist: ['203.0.113.0/24'] # your users' network",
    Cloudformation: "# live after a new deployment only\nPolicy: # of AWS::ApiGateway::RestApi; Condition: your users' network\n  Version: '2012-10-17'\n  Statement:\n    - Effect: Allow\n      Principal: '*'\n      Action: execute-api:Invoke\n      Resource: ['execute-api:/*/$METHOD/*', 'execute-api:/*/OPTIONS/*']\n      Condition: { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] } }",
    Terraform: "# live after a new deployment only\ndata \"aws_iam_policy_document\" \"api\" { # for aws_api_gateway_rest_api_policy\n  statement {\n    actions   = [\"execute-api:Invoke\"]\n    resources = [\"execute-api:/*/$METHOD/*\", \"execute-api:/*/OPTIONS/*\"]\n    principals {\n      type        = \"*\"\n      identifiers = [\"*\"]\n    }\n    condition {\n      test     = \"IpAddress\"\n      variable = \"aws:SourceIp\"\n      values   = [\"203.0.113.0/24\"] # your users' network\n    }\n  }\n}",
    Cdk: "policy: new PolicyDocument({ // of the RestApi; conditions: your users' network\n  statements: [new PolicyStatement({\n    principals: [new AnyPrincipal()],\n    actions: ['execute-api:Invoke'],\n    resources: ['execute-api:/*/$METHOD/*', 'execute-api:/*/OPTIONS/*'],\n    conditions: { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] } },\n  })],\n}),",
    Cli: "aws apigateway get-rest-api --rest-api-id $API_ID --query policy\naws apigateway update-rest-api --rest-api-id $API_ID --patch-operations op=replace,path=/policy,value=\"$(jq -c . policy.json)\"\naws apigateway create-deployment --rest-api-id $API_ID --stage-name $STAGE",
}

recipe! { MAPPING = "Where the URL leads" | "URL の行き先";
    Code: "// execute-api host: the stage is part of the path\n'https://$API_ID.execute-api.$REGION.amazonaws.com/STAGE/path'\n// custom domain: the API mapping stands for the stage\n'https://api.example.com/MAPPING/path'"
        | "// execute-api のホスト: ステージ名がパスに入る\n'https://$API_ID.execute-api.$REGION.amazonaws.com/STAGE/path'\n// カスタムドメイン: API マッピングがステージの代わりになる\n'https://api.example.com/MAPPING/path'",
    Console: "API Gateway → Stages shows the invoke URL; Custom domain names → API mappings shows what a domain leads to; API settings shows whether the default endpoint is disabled."
        | "API Gateway → ステージ で呼び出し URL、カスタムドメイン名 → API マッピング でドメインの行き先、API の設定 でデフォルトエンドポイントが無効になっていないかを確認します。",
    Cloudformation: "Mapping: # a custom domain leads to an API only through a mapping\n  Type: AWS::ApiGatewayV2::ApiMapping\n  Properties: { DomainName: $HOST, ApiId: !Ref Api, Stage: !Ref Stage, ApiMappingKey: MAPPING }",
    Terraform: "resource \"aws_apigatewayv2_api_mapping\" \"mapping\" {\n  domain_name = \"$HOST\"\n  api_id      = aws_apigatewayv2_api.api.id\n  stage       = aws_apigatewayv2_stage.stage.id\n  api_mapping_key = \"MAPPING\"\n}",
    Cdk: "new ApiMapping(this, 'Mapping', { domainName, api, stage, apiMappingKey: 'MAPPING' }); // for $HOST",
    Cli: "aws apigatewayv2 get-api-mappings --domain-name $HOST\naws apigateway get-resources --rest-api-id $API_ID --query 'items[].[path,resourceMethods]'",
}

recipe! { REQUEST_FORM = "The form of the request" | "リクエストの形式";
    Code: "// 400: the message names the parameter or the part of the body. 413: 10 MB at most; larger files go to S3 by a presigned URL.\nfetch(url, { method: '$METHOD', headers: { 'content-type': 'application/json' }, body: JSON.stringify(data) }); // 415"
        | "// 400: 応答のメッセージにパラメーターや本文の問題箇所が書かれている。413: 上限は 10 MB。大きなファイルは署名付き URL で S3 へ送る。\nfetch(url, { method: '$METHOD', headers: { 'content-type': 'application/json' }, body: JSON.stringify(data) }); // 415",
    Console: "API Gateway → your REST API → the method → Integration request → Request body passthrough (415), Method request → Request validator (400)."
        | "API Gateway → 対象の REST API → メソッド → 統合リクエスト → リクエスト本文のパススルー（415）、メソッドリクエスト → リクエストバリデーター（400）。",
    Cloudformation: "Integration:\n  PassthroughBehavior: WHEN_NO_MATCH # NEVER answers 415 to a content type without a template",
    Terraform: "resource \"aws_api_gateway_integration\" \"integration\" {\n  passthrough_behavior = \"WHEN_NO_MATCH\" # NEVER answers 415 to a content type without a template\n}",
}

recipe! { JWT_AUTHORIZER = "The JWT authorizer's issuer and audience" | "JWT オーソライザーの発行者とオーディエンス";
    Console: "API Gateway → your HTTP API → Authorization → the authorizer: issuer https://cognito-idp.REGION.amazonaws.com/USER_POOL_ID, audience the id of the app client that gatepass is given."
        | "API Gateway → 対象の HTTP API → 認可 → オーソライザー: 発行者は https://cognito-idp.REGION.amazonaws.com/USER_POOL_ID、オーディエンスは gatepass に渡したアプリクライアントの ID。",
    Cloudformation: "Authorizer:\n  Type: AWS::ApiGatewayV2::Authorizer\n  Properties:\n    AuthorizerType: JWT\n    IdentitySource: [$request.header.Authorization]\n    JwtConfiguration:\n      Issuer: !Sub https://cognito-idp.${AWS::Region}.amazonaws.com/${UserPool}\n      Audience: [!Ref UserPoolClient]",
    Terraform: "jwt_configuration {\n  issuer   = \"https://${aws_cognito_user_pool.pool.endpoint}\"\n  audience = [aws_cognito_user_pool_client.client.id]\n}",
    Cdk: "new HttpUserPoolAuthorizer('Cognito', userPool, { userPoolClients: [userPoolClient] });",
    Cli: "aws apigatewayv2 update-authorizer --api-id $API_ID --authorizer-id AUTHORIZER_ID --jwt-configuration \\\n  Issuer=https://cognito-idp.REGION.amazonaws.com/USER_POOL_ID,Audience=CLIENT_ID",
}

recipe! { AUTHORIZER_LOG = "What the authorizer logged" | "オーソライザーのログ";
    Console: "The terminal of sam local shows what the Lambda authorizer logged. A client id, issuer or audience in its environment (--env-vars) that is not the app's is the usual reason."
        | "sam local のターミナルに Lambda オーソライザーのログが出ます。環境変数（--env-vars）のクライアント ID・発行者・オーディエンスがアプリのものと違う、というのがよくある原因です。",
}

recipe! { AUTHORIZER = "The Lambda authorizer" | "Lambda オーソライザー";
    Code: "// Lambda authorizer: switch the result cache off first (ttl 0) and see whether that was it.\n// A cached policy holds for every path: name all that this caller may call, and no more.\nconst [api, stage] = event.methodArn.split('/');\nconst Resource = ['$METHOD/PATH', 'GET/OTHER_PATH'].map((route) => `${api}/${stage}/${route}`);"
        | "// Lambda オーソライザー: まず結果のキャッシュを無効 (TTL 0) にして確かめる。\n// キャッシュされたポリシーはほかのパスにも使われるので、この呼び出し元に許可するパスだけを漏れなく列挙する。\nconst [api, stage] = event.methodArn.split('/');\nconst Resource = ['$METHOD/PATH', 'GET/OTHER_PATH'].map((route) => `${api}/${stage}/${route}`);",
}

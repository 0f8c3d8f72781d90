//! What the enhanced flow limits guests to, whatever their role allows: the session policies of "Access policies for
//! unauthenticated identities" in the guide, of which these are the actions. A guest who needs more has to go through
//! the classic flow.

use crate::iam::{Effect, Named, OneOrMany, Statement};

/// The inline session policy.
const INLINE: [&str; 32] = [
    "cloudwatch:*",
    "logs:*",
    "dynamodb:*",
    "kinesis:*",
    "mobileanalytics:*",
    "s3:*",
    "ses:*",
    "sns:*",
    "sqs:*",
    "lambda:*",
    "machinelearning:*",
    "execute-api:*",
    "iot:*",
    "gamelift:*",
    "cognito-identity:*",
    "cognito-idp:*",
    "lex:*",
    "polly:*",
    "comprehend:*",
    "translate:*",
    "transcribe:*",
    "rekognition:*",
    "mobiletargeting:*",
    "firehose:*",
    "appsync:*",
    "personalize:*",
    "sagemaker:InvokeEndpoint",
    "cognito-sync:*",
    "codewhisperer:*",
    "textract:DetectDocumentText",
    "textract:AnalyzeDocument",
    "sdb:*",
];

/// The session policies of a guest.
pub fn statements() -> Vec<Statement> {
    vec![Statement {
        sid: None,
        effect: Effect::Allow,
        actions: Named::Only(OneOrMany::Many(INLINE.map(str::to_owned).to_vec())),
        resources: Some(Named::Only(OneOrMany::One("*".to_owned()))),
        principal: None,
        condition: None,
    }]
}

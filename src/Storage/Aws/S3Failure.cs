using Amazon.Runtime;
using Amazon.S3;

namespace MacroCausal.Storage.Aws;

/// <summary>Turns what S3 says into one sentence that names the object and the remedy.</summary>
internal static class S3Failure
{
    public static ObjectStoreException Explain(IAmazonS3 client, string verb, ObjectUri uri, Exception failure) =>
        new($"'{uri}' could not be {verb}: {Reason(client, verb, uri, failure)}.", failure);

    public static ObjectStoreException ExplainSource(ObjectUri uri, Exception failure) =>
        new($"'{uri}' could not be written: {failure.Message.TrimEnd('.')}; check the source of the content, and try again.", failure);

    public static ObjectStoreException ExplainTemporaryFile(ObjectUri uri, Exception failure) =>
        new($"'{uri}' could not be read: it needs a temporary file in '{Path.GetTempPath()}' ({failure.Message.TrimEnd('.')}); free some space there, or set TMPDIR.", failure);

    private static string Reason(IAmazonS3 client, string verb, ObjectUri uri, Exception failure) => failure switch
    {
        AmazonServiceException { ErrorCode: "NoSuchBucket" } => $"the bucket '{uri.Bucket}' does not exist at {AwsFailure.Place(client.Config)}; create it, or correct its name and AWS_REGION",
        AmazonServiceException { ErrorCode: "InvalidBucketName" } or ArgumentException => $"'{uri.Bucket}' cannot be the name of a bucket in S3; correct it",
        AmazonServiceException { ErrorCode: "InvalidObjectState" } => "it is archived; restore it first, or exclude it from the bucket's lifecycle rules",
        _ => AwsFailure.Reason(failure, client.Config, Actions(verb, uri)),
    };

    private static string Actions(string verb, ObjectUri uri) => verb switch
    {
        // Without s3:ListBucket, S3 answers "denied" where it would answer "not there".
        "read" => $"s3:GetObject on 'arn:aws:s3:::{uri.Bucket}/*' and s3:ListBucket on 'arn:aws:s3:::{uri.Bucket}', and kms:Decrypt if the bucket is encrypted with a key of its own",
        "listed" => $"s3:ListBucket on 'arn:aws:s3:::{uri.Bucket}'",
        "deleted" => $"s3:DeleteObject on 'arn:aws:s3:::{uri.Bucket}/*'",
        _ => $"s3:PutObject, s3:GetObject and s3:AbortMultipartUpload on 'arn:aws:s3:::{uri.Bucket}/*', s3:ListBucket on 'arn:aws:s3:::{uri.Bucket}', and kms:GenerateDataKey if the bucket is encrypted with a key of its own",
    };
}

#:project ../../src/Storage/Storage.csproj
#:property PublishAot=false

// Makes the buckets and tables that the environment names, in the emulators that AWS_ENDPOINT_URL points to.
using Amazon.DynamoDBv2;
using Amazon.S3;
using MacroCausal.Storage.Aws;

using var s3 = new AmazonS3Client(new AmazonS3Config { ForcePathStyle = true });
string[] buckets = ["GOLD_BUCKET", "ARTIFACTS_BUCKET"];
foreach (var bucket in buckets.Select(Environment.GetEnvironmentVariable).Distinct())
{
    await s3.PutBucketAsync(bucket);
}

using var dynamoDb = new AmazonDynamoDBClient();
await DynamoDbTables.CreateAsync(dynamoDb, AwsStorageOptions.Read(Environment.GetEnvironmentVariable));

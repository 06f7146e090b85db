#:project ../../src/Contracts/Contracts.csproj
#:package AWSSDK.S3
#:package AWSSDK.SQS
#:property PublishAot=false

// What the pipeline does: puts a gold table into S3 and plain JSON on the queue start-training, with the bare AWS SDK.
using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SQS;
using MacroCausal.Contracts;

var (table, executionId) = (args[0], args[1]);
using var s3 = new AmazonS3Client(new AmazonS3Config { ForcePathStyle = true });
await s3.PutObjectAsync(new PutObjectRequest
{
    BucketName = Environment.GetEnvironmentVariable("GOLD_BUCKET"),
    Key = ObjectKeys.GoldTable(executionId),
    FilePath = table,
});

using var sqs = new AmazonSQSClient();
var queue = await sqs.GetQueueUrlAsync(QueueNames.StartTraining);
int? trials = args.Length > 2 ? int.Parse(args[2]) : null;
await sqs.SendMessageAsync(queue.QueueUrl, JsonSerializer.Serialize(new { executionId, trials }));

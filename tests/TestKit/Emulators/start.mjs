// Starts the emulators on 127.0.0.1 (in a container: EMULATORS_HOST), prints their ports as one line of JSON, and ends when stdin closes: that is, with the process that started it, however that one ends. With --detached it runs until it is killed.
// Ports come from the environment (AWS_PORT, DYNAMODB_PORT) where they are to be known beforehand; otherwise free ones are taken.
import dynalite from "dynalite";
import { buildApp } from "fauxqs";
import { addConditionalWrites } from "./conditional-writes.mjs";
import { addDuplicateMessages } from "./duplicate-messages.mjs";
import { addFaults, addFaultsToDynamoDb } from "./faults.mjs";

const host = process.env.EMULATORS_HOST ?? "127.0.0.1";
const aws = buildApp({ logger: false, defaultRegion: process.env.AWS_REGION ?? "eu-west-1" });
if (process.env.FAULTS) addFaults(aws);
addConditionalWrites(aws);
if (process.env.EVERY_MESSAGE_TWICE) addDuplicateMessages(aws);
await aws.listen({ port: Number(process.env.AWS_PORT ?? 0), host });

const dynamodb = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
if (process.env.FAULTS) addFaultsToDynamoDb(dynamodb);
await new Promise((resolve, reject) => dynamodb.once("error", reject).listen(Number(process.env.DYNAMODB_PORT ?? 0), host, resolve));

console.log(JSON.stringify({ aws: aws.server.address().port, dynamodb: dynamodb.address().port }));
if (!process.argv.includes("--detached")) process.stdin.resume().on("close", () => process.exit(0));

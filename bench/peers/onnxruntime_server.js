// A server that bench/serve compares digitd with: Node's HTTP server with onnxruntime, one thread.
//
//     PORT=8000 node bench/peers/onnxruntime_server.js MODEL.onnx NODE_MODULES

const http = require("http");
const path = require("path");

const ort = require(path.resolve(process.argv[3], "onnxruntime-node"));

async function readBody(request) {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    return Buffer.concat(pieces);
}

async function main() {
    const session = await ort.InferenceSession.create(process.argv[2], {
        intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: "sequential",
    });
    http.createServer(async (request, response) => {
        const { pixels } = JSON.parse(await readBody(request));
        const input = new ort.Tensor("float32", Float32Array.from(pixels), [1, 1, 28, 28]);
        const probabilities = Array.from((await session.run({ pixels: input })).probabilities.data);
        const confidence = Math.max(...probabilities);
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify({
            digit: probabilities.indexOf(confidence), confidence, probabilities,
        }));
    }).listen(Number(process.env.PORT), "127.0.0.1");
}

main();

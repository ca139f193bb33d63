"""A server that bench/serve compares digitd with: FastAPI with PyTorch, one thread.

    MODEL=models/digits.safetensors PORT=8000 bench/peers/fastapi_app.py
"""

import os

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

import torch_model

torch.set_num_threads(1)
network, scale = torch_model.load(os.environ["MODEL"])
app = FastAPI()


class Digit(BaseModel):
    pixels: list[float]


@app.post("/predict")
async def predict(digit: Digit):
    pixels = torch.tensor(digit.pixels, dtype=torch.float32).reshape(1, 1, 28, 28) / 255
    with torch.inference_mode():
        logits = network((pixels - scale["mean"]) / scale["deviation"])
        probabilities = torch.softmax(logits / scale["temperature"], 1)[0]
    best = int(probabilities.argmax())
    return {"digit": best, "confidence": float(probabilities[best]),
            "probabilities": probabilities.tolist()}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error",
                access_log=False)

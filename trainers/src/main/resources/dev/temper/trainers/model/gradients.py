# Sums of gradients and their norm. TorchScript text, run without Python.
class Gradients(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # totals += more, in place.
  def accumulate(self: __torch__.Gradients, totals: List[Tensor], more: List[Tensor]) -> Tensor:
    torch._foreach_add_(totals, more)
    return totals[0]

  # L2 norm over all tensors.
  def norm(self: __torch__.Gradients, totals: List[Tensor]) -> Tensor:
    return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(totals, 2)))
